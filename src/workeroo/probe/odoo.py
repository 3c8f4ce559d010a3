"""Where are the code, the odoo.conf and the environment of a running Odoo?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import msgspec

from workeroo.evidence import Maybe, Unknown
from workeroo.facts.arguments import named_conf
from workeroo.facts.commandline import Launch
from workeroo.facts.release import series_of, series_of_package
from workeroo.probe.world import World, found, why_not

_CONF_DEFAULTS = (".odoorc", ".openerp_serverrc")
READ_BY_ODOO = ("ODOO_", "PG", "OPENERP_SERVER", "HOME", "PYTHONPATH", "VIRTUAL_ENV")
"""Beginnings of the variables that matter; the rest of an environment is none of our business."""

_PACKAGES = (
    "/usr/lib/python3/dist-packages",
    "/usr/local/lib/python3*/dist-packages",
    "/usr/local/lib/python3*/site-packages",
    "/usr/lib/python3*/site-packages",
)
"""Where distributions and images keep Python packages."""


_BESIDE_BIN = ("lib/python3*/dist-packages", "lib/python3*/site-packages")
"""As above, from the folder whose bin holds Odoo's script: /usr, or a virtual environment."""


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """What surrounds a running Odoo.

    Attributes:
        files: as the process sees them.
        workdir: against which its relative paths are read.
        environment: the variables that Odoo reads; they may hold a password and are not kept.
        folder: home of its user.
    """

    files: World
    launch: Launch
    workdir: Maybe[str]
    environment: dict[str, str] | Unknown
    folder: str

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment, empty where it may not be read."""
        return {} if isinstance(self.environment, Unknown) else self.environment

    def path(self, path: str) -> str | Unknown:
        """A path of the command line as an absolute one."""
        if path.startswith("~/"):
            return str(PurePosixPath(self.folder, path[2:]))
        if PurePosixPath(path).is_absolute():
            return path
        if isinstance(self.workdir, Unknown):
            return Unknown(f"{path} is relative: {self.workdir.reason}")
        return str(PurePosixPath(self.workdir, path))


def read_environment(
    world: World, pid: int, beginnings: tuple[str, ...] = READ_BY_ODOO
) -> dict[str, str] | Unknown:
    """The variables of a process that Odoo reads, or those with other beginnings."""
    path = f"/proc/{pid}/environ"
    text = world.text(path)
    if not isinstance(text, str):
        return why_not(text, path)
    pairs = (pair.partition("=") for pair in text.split("\0"))
    return {name: value for name, _, value in pairs if name.startswith(beginnings)}


def conf_path(home: Home) -> str | Unknown:
    """The odoo.conf that the server reads, whether it is there or not."""
    told = named_conf(home.variables, home.launch.arguments)
    if told:
        return home.path(told)
    paths = [str(PurePosixPath(home.folder, name)) for name in _CONF_DEFAULTS]
    if isinstance(home.environment, Unknown):
        return Unknown(f"no -c in the command line, and {home.environment.reason}")
    # One that may not be looked at counts as there: reading it then says so.
    return next((path for path in paths if home.files.is_there(path) is not False), paths[0])


def series(home: Home) -> Maybe[int]:
    """The major version of the running code."""
    for path in _releases(home):
        if (number := series_of(found(home.files.text(path)))) is not None:
            return number
    for folder in _package_folders(home):
        names = home.files.names(folder)
        if isinstance(names, list) and (number := series_of_package(names)) is not None:
            return number
    blind = home.workdir if isinstance(home.workdir, Unknown) else home.environment
    why = f": {blind.reason}" if isinstance(blind, Unknown) else ""
    return Unknown(f"odoo/release.py of the running code was not found{why}")


def is_venv(home: Home) -> Maybe[bool]:
    """Whether the interpreter belongs to a virtual environment."""
    folder = _prefix(home)
    if folder is not None:
        return home.files.is_there(folder / "pyvenv.cfg")
    if isinstance(home.environment, Unknown):
        return home.environment
    return "VIRTUAL_ENV" in home.environment


def _releases(home: Home) -> Iterator[str]:
    script = home.path(home.launch.script) if home.launch.script else home.workdir
    if isinstance(script, str):
        place = PurePosixPath(home.files.resolve(script))
        folder = place if home.launch.script is None else place.parent
        yield str(folder / "odoo/release.py")
        if folder.name == "odoo":  # the module's own file was run
            yield str(folder / "release.py")
        yield str(folder.parent / "odoo/release.py")  # setup/odoo of a source tree
        for pattern in _BESIDE_BIN:  # bin/odoo of any prefix
            for packages in home.files.glob(str(folder.parent / pattern)):
                yield f"{packages}/odoo/release.py"
    for entry in home.variables.get("PYTHONPATH", "").split(":"):
        path = home.path(entry) if entry else Unknown("an empty entry")
        if isinstance(path, str):
            yield str(PurePosixPath(path, "odoo/release.py"))
    for folder_path in _package_folders(home):
        yield f"{folder_path}/odoo/release.py"
        yield from _linked(home.files, folder_path)


def _package_folders(home: Home) -> Iterator[str]:
    prefix = _prefix(home)
    patterns = [] if prefix is None else [f"{prefix}/lib/python3*/site-packages"]
    if isinstance(home.environment, dict) and "VIRTUAL_ENV" in home.environment:
        patterns.append(f"{home.environment['VIRTUAL_ENV']}/lib/python3*/site-packages")
    patterns += [*_PACKAGES, f"{home.folder}/.local/lib/python3*/site-packages"]
    for pattern in dict.fromkeys(patterns):
        yield from home.files.glob(pattern)


def _linked(world: World, folder: str) -> Iterator[str]:
    """Source trees that an editable installation points to."""
    for pattern in ("*.pth", "odoo.egg-link"):
        for path in world.glob(f"{folder}/{pattern}"):
            for line in found(world.text(path)).splitlines():
                if line.startswith("/"):
                    yield str(PurePosixPath(line.strip(), "odoo/release.py"))


def _prefix(home: Home) -> PurePosixPath | None:
    """The folder above the interpreter's bin; None where the command line gives no folder."""
    if "/" not in home.launch.interpreter:
        return None
    path = home.path(home.launch.interpreter)
    return PurePosixPath(path).parent.parent if isinstance(path, str) else None

"""Which Odoo runs: Debian's package, or a checkout that the user gives?"""

from __future__ import annotations

import hashlib
import shutil
from importlib.resources import files
from pathlib import Path

import msgspec

from workeroo.errors import InputError, MissingInput, NotPermitted
from workeroo.lab.folder import LabFolder, SharedFolder, remove_tree
from workeroo.lab.interpreter import interpreter
from workeroo.lab.packages import odoo_version, unpacked_odoo
from workeroo.lab.program import plain_environment
from workeroo.lab.user import LabUser
from workeroo.progress import Progress
from workeroo.render.agent import agent_files

PROGRAMS = ("odoo-bin", "setup/odoo", "odoo/__main__.py")
"""What starts Odoo, inside a checkout: from its source, from a package of it, from its package."""

ADDONS = ("addons", "odoo/addons")


class OdooSource(msgspec.Struct, frozen=True):
    """An Odoo that can be started.

    Attributes:
        python: the interpreter with what Odoo needs.
        library: the folder that holds the package `odoo`.
        program: the script that starts it.
        addons: the folders with its modules, and the lab's own.
        bytecode: where Python keeps what it compiled.
    """

    version: str
    python: Path
    library: Path
    program: Path
    addons: tuple[Path, ...]
    bytecode: Path

    def command(self, *arguments: str) -> list[str]:
        """The command line for some arguments of Odoo."""
        return [str(self.python), str(self.program), *arguments]

    def environment(self, folder: LabFolder) -> dict[str, str]:
        """The environment in which the lab's Odoo runs."""
        return plain_environment(
            HOME=str(folder.work),
            PYTHONPATH=str(self.library),
            PYTHONPYCACHEPREFIX=str(self.bytecode),
            PYTHONUNBUFFERED="1",
            WORKEROO_LAB=folder.token.read_text(encoding="utf-8").strip(),
        )

    def key(self) -> str:
        """A digest of all that a database built with it depends on."""
        digest = hashlib.sha256(f"{self.version} {self.library}".encode())
        for file in sorted(lab_addons().rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.read_bytes())
        return digest.hexdigest()[:12]


def find_source(
    shared: SharedFolder, folder: LabFolder, user: LabUser, checkout: Path | None,
    progress: Progress,
) -> OdooSource:  # fmt: skip
    """The Odoo to run, fetched where it must be.

    Raises:
        MissingInput, InputError, NotPermitted: when the checkout cannot be used.
        NetworkError, Unavailable: when Debian's package cannot be had.
    """
    if checkout is None:
        root = unpacked_odoo(shared, progress)
        library = root / "usr/lib/python3/dist-packages"
        version = odoo_version(shared)
        program = root / "usr/bin/odoo"
    else:
        library = checkout.resolve()
        program = _program(library, user)
        version = str(library)
    addons = [library / part for part in ADDONS if (library / part).is_dir()]
    python = interpreter(shared, user, progress)
    every = (*addons, folder.addons)
    return OdooSource(version, python, library, program, every, shared.bytecode(user))


def place_addons(folder: LabFolder) -> None:
    """Copy the lab's own Odoo module, and the agent, to where the lab's user can read them."""
    remove_tree(folder.addons)
    shutil.copytree(lab_addons(), folder.addons, ignore=shutil.ignore_patterns("__pycache__"))
    for each in agent_files():
        path = folder.addons.joinpath(each.file.path.lstrip("/"))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(each.file.data())


def lab_addons() -> Path:
    """The folder with the lab's own Odoo module, as it was installed."""
    return Path(str(files("workeroo.lab").joinpath("addons")))


def _program(checkout: Path, user: LabUser) -> Path:
    if not checkout.is_dir():
        raise MissingInput("there is no such folder", where=str(checkout))
    if not user.reads(checkout):
        raise NotPermitted(f"the lab's user {user.name!r} cannot read it", where=str(checkout))
    for part in PROGRAMS:
        if (checkout / part).is_file():
            return checkout / part
    raise InputError(
        "this is no Odoo: it has no " + ", ".join(PROGRAMS),
        where=str(checkout),
        cure="give the folder that holds odoo-bin",
    )

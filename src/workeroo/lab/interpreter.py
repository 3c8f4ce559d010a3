"""Which Python runs the lab's Odoo, and with what?

An environment of its own (venv) with the versions that `odoo19.lock` pins, on an interpreter that
the lab's user may execute: one under another user's home is of no use.
"""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.resources import files
from pathlib import Path

import msgspec

from workeroo.errors import NetworkError, Unavailable
from workeroo.lab.folder import SharedFolder, remove_tree
from workeroo.lab.program import plain_environment, run
from workeroo.lab.stamp import is_complete, make_once
from workeroo.lab.user import LabUser
from workeroo.progress import Progress, Step

CANDIDATES = ("/usr/bin/python3", "/usr/local/bin/python3", sys.executable)
OLDEST = (3, 10)
"""Odoo 19 needs Python 3.10 (its MIN_PY_VERSION)."""

_PROBE = f"import sys, ssl, zlib; sys.exit(sys.version_info < {OLDEST!r})"
_PIP_SETTINGS = "PIP_"


def interpreter(shared: SharedFolder, user: LabUser, progress: Progress) -> Path:
    """The Python of the lab's environment; made where it is not there yet.

    Raises:
        NetworkError: when a Python package cannot be fetched.
        Unavailable: when no interpreter can be used.
    """
    lock = files("workeroo.lab").joinpath("odoo19.lock").read_bytes()
    base = _base(user)
    key = hashlib.sha256(lock + str(base).encode()).hexdigest()[:12]
    folder = shared.path / f"python-{key}"
    if not is_complete(folder, key):
        make_once(folder, key, lambda venv: _install(base, venv, lock, progress))
    return folder / "bin" / "python"


def _base(user: LabUser) -> Path:
    for candidate in CANDIDATES:
        if user.can_run([candidate, "-c", _PROBE]):
            return Path(candidate)
    version = ".".join(map(str, OLDEST))
    raise Unavailable(
        f"the lab's user {user.name!r} can run no Python {version} or later",
        cure="apt-get install python3 python3-venv",
    )


class _Fetched(msgspec.Struct):
    """Counts what pip has collected."""

    step: Step
    log: Path
    total: int

    def look(self) -> None:
        """Read pip's log as far as it is written."""
        self.step.reach(self.log.read_text(errors="replace").count("Collecting "), self.total)


def _install(base: Path, venv: Path, lock: bytes, progress: Progress) -> None:
    try:
        run([base, "-m", "venv", venv])
    except Unavailable as error:
        raise Unavailable(
            f"{base} cannot make an environment: {error.what}",
            cure="apt-get install python3-venv",
        ) from error
    requirements = venv / "odoo19.lock"
    requirements.write_bytes(lock)
    log = venv / "pip.log"
    log.touch()
    command: list[str | Path] = [
        venv / "bin/python", "-m", "pip", "install", "--require-hashes", "--progress-bar=off",
        "--no-input", "--log", log, "-r", requirements,
    ]  # fmt: skip
    total = lock.count(b"==")
    with progress.step("installing Odoo's Python packages", total=total) as step:
        _networked(command, venv, _Fetched(step, log, total))
    remove_tree(venv / "pip-cache")


def _networked(command: list[str | Path], venv: Path, fetched: _Fetched) -> None:
    environment = {**_pip_settings(), "PIP_CACHE_DIR": str(venv / "pip-cache")}
    try:
        run(command, environment=plain_environment(**environment), while_running=fetched.look)
    except Unavailable as error:
        raise NetworkError(
            f"could not install Odoo's Python packages from PyPI: {error.what}",
            where=str(fetched.log),
            cure="check the network or the proxy, then call it again",
        ) from error


def _pip_settings() -> dict[str, str]:
    """The caller's choice of an index or a proxy for pip, which holds here too."""
    return {name: value for name, value in os.environ.items() if name.startswith(_PIP_SETTINGS)}

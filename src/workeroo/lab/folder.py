"""Where does each thing of the lab lie?

    lab/
      shared/            what every lab uses: Debian's packages, the interpreter, built databases
      labs/NAME/         one lab: its cluster, its Odoo, its nginx, its logs; a lab that stands
                         beside another has that one's cluster, data and token
      labs/NAME.lock     held while a command works on that lab

Everything under `lab/` can be fetched or made again. Folders that servers write to belong to the
lab's user; what tells them what to do does not.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from workeroo.errors import NotPermitted, UsageError
from workeroo.lab.user import LabUser
from workeroo.settings import cache_folder

LONGEST_SOCKET_BYTES = 107
"""Linux: `sun_path` holds 108 bytes with the closing zero (unix(7))."""

SOCKET_NAME = ".s.PGSQL.5432"

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


class SharedFolder(msgspec.Struct, frozen=True):
    """What all labs of this machine use."""

    path: Path

    @property
    def lock(self) -> Path:
        """Held while something shared is fetched or made."""
        return self.path.with_name("shared.lock")

    @property
    def apt(self) -> Path:
        """Apt's own lists and cache."""
        return self.path / "apt"

    @property
    def packages(self) -> Path:
        """The downloaded .deb files."""
        return self.path / "packages"

    @property
    def odoo(self) -> Path:
        """Odoo and what it links to, unpacked."""
        return self.path / "odoo19"

    @property
    def databases(self) -> Path:
        """Databases that were built once."""
        return self.path / "databases"

    def bytecode(self, user: LabUser) -> Path:
        """Where Python keeps what it compiled, so that later starts are quick."""
        return self.path / f"bytecode-{user.uid}"


class LabFolder(msgspec.Struct, frozen=True):
    """One lab's folder.

    Attributes:
        beside: the folder of the lab whose PostgreSQL, data and token this one uses, None where
            it has its own.
    """

    path: Path
    beside: Path | None = None

    @property
    def name(self) -> str:
        """The lab's name."""
        return self.path.name

    @property
    def owner(self) -> LabFolder:
        """The folder of the lab that has the PostgreSQL and the data: this one, or that beside."""
        return LabFolder(self.beside) if self.beside else self

    @property
    def lock(self) -> Path:
        """Held while a command works on this lab; outside, so that destroy can remove the rest."""
        return self.path.with_name(f"{self.name}.lock")

    @property
    def state(self) -> Path:
        """What was started, with which ports."""
        return self.path / "state.json"

    @property
    def token(self) -> Path:
        """What the lab's Odoo module compares with the environment."""
        return self.owner.path / "token"

    @property
    def conf(self) -> Path:
        """The odoo.conf in use, byte for byte as it was given."""
        return self.path / "odoo.conf"

    @property
    def build_conf(self) -> Path:
        """The odoo.conf by which databases are built."""
        return self.path / "build.conf"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data."""
        return self.owner.path / "pg"

    @property
    def addons(self) -> Path:
        """The lab's own Odoo module."""
        return self.path / "addons"

    @property
    def data(self) -> Path:
        """Odoo's data_dir: filestore and sessions."""
        return self.owner.path / "data"

    @property
    def work(self) -> Path:
        """The working directory of the lab's Odoo, by which its processes are known."""
        return self.path / "work"

    @property
    def logs(self) -> Path:
        """The logs of all three servers."""
        return self.path / "log"

    @property
    def odoo_log(self) -> Path:
        """Odoo's log of the current run."""
        return self.logs / "odoo.log"

    @property
    def nginx(self) -> Path:
        """The prefix of nginx."""
        return self.path / "nginx"

    @property
    def sockets(self) -> Path:
        """Where PostgreSQL listens; elsewhere when the path would be too long for a socket."""
        inside = self.owner.path / "run"
        if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET_BYTES:
            return inside
        digest = hashlib.sha256(os.fsencode(self.owner.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir(), f"workeroo-{digest}")

    def make(self, user: LabUser) -> None:
        """Make the folders; those that servers write to belong to the lab's user.

        Raises:
            NotPermitted: when the socket folder belongs to somebody else.
        """
        make_open(self.path)
        for folder in (self.data, self.work, self.logs, self.nginx, self.sockets):
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.lstat().st_uid in {os.geteuid(), user.uid} and not folder.is_symlink():
                user.own(folder)
                continue
            raise NotPermitted("the folder belongs to another user", where=str(folder))

    def remove(self) -> None:
        """Remove every file of this lab but the lock that the caller holds."""
        if self.sockets.parent != self.path and not self.beside:
            remove_tree(self.sockets)
        remove_tree(self.path)


class LabRoot(msgspec.Struct, frozen=True):
    """The folder of all labs."""

    path: Path

    @property
    def shared(self) -> SharedFolder:
        """What all labs use."""
        return SharedFolder(self.path / "shared")

    def lab(self, name: str) -> LabFolder:
        """One lab's folder.

        Raises:
            UsageError: when the name cannot be one of a lab.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot name a lab",
                cure="use up to 31 small letters, digits and dashes, a letter first",
            )
        return LabFolder(self.path / "labs" / name)

    def labs(self) -> list[LabFolder]:
        """Every lab that has a folder."""
        found = (self.path / "labs").glob("*/")
        return [LabFolder(path) for path in sorted(found) if _NAME.fullmatch(path.name)]

    def prepare(self, user: LabUser) -> None:
        """Make the folders, and see that the lab's user can enter them.

        Raises:
            NotPermitted: when it cannot.
        """
        for folder in (self.path.parent, self.path, self.path / "labs", self.shared.path):
            make_open(folder)
        bytecode = self.shared.bytecode(user)
        make_open(bytecode)
        user.own(bytecode)
        if not user.reaches(self.shared.path):
            raise NotPermitted(
                f"the lab's user {user.name!r} cannot enter this folder",
                where=str(self.path),
                cure="open the folders above it, or set XDG_CACHE_HOME to one that is open",
            )


def find_root(environment: Mapping[str, str]) -> LabRoot:
    """The folder of all labs for an environment."""
    return LabRoot(Path(cache_folder(environment, root=os.geteuid() == 0)) / "lab")


def make_open(folder: Path) -> None:
    """Make a folder that everyone may enter, whatever the umask says."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True)
    folder.chmod(0o755)


def remove_tree(folder: Path) -> None:
    """Remove a folder if it is there, also where parts of it are read-only."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for inside, _, _ in os.walk(folder):
        if not Path(inside).stat().st_mode & stat.S_IWUSR:
            Path(inside).chmod(0o700)
    shutil.rmtree(folder)

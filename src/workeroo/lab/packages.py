"""How does Odoo come here? From Debian's own packages, by apt, into the lab's folder.

Apt runs with lists, cache and sources of its own: nothing of the system changes, and apt checks
the archive's signature and every file's hash as it always does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from workeroo.errors import NetworkError, Unavailable
from workeroo.lab.folder import SharedFolder, make_open, remove_tree
from workeroo.lab.program import find_program, run
from workeroo.lab.progress import Progress
from workeroo.lab.stamp import STAMP, is_complete, make_once

SUITE = "sid"
"""The only suite with Odoo 19."""

STEADY_SUITE = "trixie"
STEADY = frozenset({"fonts-font-awesome", "fonts-inconsolata"})
"""Odoo's package links to files that sid's versions of these no longer have; this suite's do."""

ARCHIVE = "http://deb.debian.org/debian"
ODOO = "odoo-19"
LINKED = ("fonts-", "libjs-")
"""Odoo's package links into the packages with these names instead of carrying their files."""

KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)


def unpacked_odoo(shared: SharedFolder, progress: Progress) -> Path:
    """The root of the unpacked packages; fetched and unpacked where they are not there yet.

    Raises:
        NetworkError: when a package cannot be fetched.
        Unavailable: when a program is missing or a package cannot be used.
    """
    if not is_complete(shared.odoo):
        unpacker = find_program("dpkg-deb", package="dpkg")
        archives = _Apt(shared).fetch(progress)
        key = " ".join(archive.name for archive in archives)
        make_once(shared.odoo, key, lambda root: _unpack(unpacker, archives, root, progress))
        remove_tree(shared.packages)
        remove_tree(shared.apt)
    return shared.odoo


def odoo_version(shared: SharedFolder) -> str:
    """The version of the package that is unpacked."""
    found = re.search(rf"{ODOO}_([^_]+)_", (shared.odoo / STAMP).read_text(encoding="utf-8"))
    return found[1] if found else "unknown"


class _Apt:
    """Apt with its own folder."""

    def __init__(self, shared: SharedFolder) -> None:
        self.folder = shared.apt
        self.packages = shared.packages
        self.get = find_program("apt-get", package="apt")
        self.cache = find_program("apt-cache", package="apt")
        self.options = ["-c", str(self._configure())]

    def fetch(self, progress: Progress) -> list[Path]:
        """Download Odoo's package and those that it links to."""
        with progress.step(f"reading the list of packages of Debian {SUITE}"):
            self._networked(
                [self.get, *self.options, "update", "-q", "--error-on=any"], f"the list with {ODOO}"
            )
        names = [ODOO, *self._linked_packages()]
        remove_tree(self.packages)  # what was interrupted, or is of another day's list
        make_open(self.packages)
        return [self._download(name, progress) for name in names]

    def _linked_packages(self) -> list[str]:
        depends = self._field(ODOO, "Depends")  # with alternatives: "a | b (>= 1), c"
        names = [re.split(r"[ |]", part.strip())[0] for part in depends.split(",")]
        return [name for name in names if name.startswith(LINKED)]

    def _download(self, name: str, progress: Progress) -> Path:
        filename = Path(self._field(name, "Filename")).name
        size_bytes = int(self._field(name, "Size"))
        command = [self.get, *self.options, "download", "-q", f"{name}/{_suite(name)}"]
        with progress.step(f"downloading {filename}", unit="bytes", total=size_bytes) as step:

            def look() -> None:
                step.reach(_bytes_of(self.packages, name), size_bytes)

            self._networked(command, name, look)
        # Apt writes the colon of a version, where there is one, as %3a: look for what came.
        found = list(self.packages.glob(f"{name}_*.deb"))
        if len(found) != 1:
            raise Unavailable(f"apt-get downloaded no {name}", where=str(self.packages))
        return found[0]

    def _field(self, name: str, field: str) -> str:
        release = f"APT::Default-Release={_suite(name)}"
        shown = run([self.cache, *self.options, "-o", release, "show", "--no-all-versions", name])
        found = re.search(rf"^{field}: (.*)$", shown, re.MULTILINE)
        if found is None:
            raise Unavailable(f"Debian {_suite(name)} has no {field} for {name}")
        return found[1]

    def _networked(
        self, command: list[str], what: str, look: Callable[[], None] | None = None
    ) -> None:
        try:
            run(command, cwd=self.packages, while_running=look)
        except Unavailable as error:
            raise NetworkError(
                f"could not fetch {what} from Debian {SUITE} ({ARCHIVE}): {error.what}",
                cure="check the network or the proxy, then call it again",
            ) from error

    def _configure(self) -> Path:
        make_open(self.packages)
        for part in ("lists/partial", "cache/archives/partial", "parts"):
            make_open(self.folder / part)
        (self.folder / "status").touch()
        signed = f"[signed-by={_keyring()}] "
        sources = self.folder / "sources.list"
        lines = [f"deb {signed}{ARCHIVE} {suite} main\n" for suite in (SUITE, STEADY_SUITE)]
        sources.write_text("".join(lines), encoding="utf-8")
        conf = self.folder / "apt.conf"
        conf.write_text(_APT_CONF.format(folder=self.folder), encoding="utf-8")
        return conf


_APT_CONF = """\
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "{folder}/parts";
Dir::Etc::preferences "{folder}/parts/none";
Dir::Etc::preferencesparts "{folder}/parts";
Dir::State::lists "{folder}/lists";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
APT::Sandbox::User "root";
Acquire::Retries "3";
Acquire::Languages "none";
"""
# The sandbox user _apt cannot write into a folder that belongs to somebody else.


def _keyring() -> Path:
    for keyring in KEYRINGS:
        if keyring.is_file():
            return keyring
    raise Unavailable(
        "the keys of Debian's archive are missing", cure="apt-get install debian-archive-keyring"
    )


def _bytes_of(folder: Path, name: str) -> int:
    sizes = (path.stat().st_size for path in folder.glob(f"**/{name}_*") if path.is_file())
    return sum(sizes)


def _unpack(unpacker: str, archives: list[Path], root: Path, progress: Progress) -> None:
    with progress.step("unpacking Odoo", total=len(archives)) as step:
        for done, archive in enumerate(archives):
            step.reach(done)
            run([unpacker, "-x", archive, root])
    if dangling := dangling_links(root):
        told = f"{len(dangling)} links lead nowhere, such as {dangling[0].name}"
        with progress.step(f"unpacked with a gap: {told}; a page may lack a font"):
            pass


def dangling_links(root: Path) -> list[Path]:
    """The links below a folder that lead nowhere."""
    every = (Path(inside, name) for inside, folders, names in os.walk(root)
             for name in (*folders, *names))  # fmt: skip
    return sorted(path for path in every if path.is_symlink() and not path.exists())


def _suite(name: str) -> str:
    return STEADY_SUITE if name in STEADY else SUITE

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
from workeroo.lab.stamp import STAMP, is_complete, make_once
from workeroo.progress import Progress

SUITE = "sid"
"""The only suite with Odoo 19."""

STEADY_SUITE = "trixie"
STEADY = frozenset({"fonts-font-awesome", "fonts-inconsolata"})
"""Odoo's package links to files that sid's versions of these no longer have; this suite's do."""

ARCHIVE = "http://deb.debian.org/debian"
ODOO = "odoo-19"
LINKED = ("fonts-", "libjs-")
"""Odoo's package links into the packages with these names instead of carrying their files."""

_URI = re.compile(r"^'[^']+' (\S+\.deb) (\d+) ", re.MULTILINE)
"""A line of `apt-get download --print-uris`: address, file name, size in bytes, hash."""

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
        """Download Odoo's package and those that it links to; what is here whole is kept."""
        with progress.step(f"reading the list of packages of Debian {SUITE}"):
            update = [self.get, *self.options, "update", "-q", "--error-on=any"]
            self._networked(update, f"the list with {ODOO}")
            sizes_bytes = self._sizes([ODOO, *self._linked_packages()])
        for other in set(self.packages.iterdir()) - set(sizes_bytes):
            other.unlink()  # of another day's list
        total_bytes = sum(sizes_bytes.values())
        text = f"downloading {ODOO} and what it links to"
        with progress.step(text, unit="bytes", total=total_bytes) as step:

            def look() -> None:
                step.reach(_bytes_in(self.packages), total_bytes)

            names = [_asked(path.name.split("_")[0]) for path in sizes_bytes]
            self._networked([self.get, *self.options, "download", "-q", *names], ODOO, look)
        return list(sizes_bytes)

    def _linked_packages(self) -> list[str]:
        shown = run([self.cache, *self.options, "show", "--no-all-versions", ODOO])
        depends = re.search(r"^Depends: (.*)$", shown, re.MULTILINE)
        # With alternatives: "a | b (>= 1), c".
        parts = depends[1].split(",") if depends else []
        names = [re.split(r"[ |]", part.strip())[0] for part in parts]
        return [name for name in names if name.startswith(LINKED)]

    def _sizes(self, names: list[str]) -> dict[Path, int]:
        """The file and size in bytes of each package, Odoo's first."""
        asked = [_asked(name) for name in names]
        told = run([self.get, *self.options, "download", "--print-uris", "-q", *asked])
        found = {self.packages / name: int(size) for name, size in _URI.findall(told)}
        if len(found) != len(names):
            raise Unavailable(f"Debian {SUITE} lacks one of {', '.join(asked)}")
        return dict(sorted(found.items(), key=lambda item: -item[1]))

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


def _asked(name: str) -> str:
    return f"{name}/{STEADY_SUITE if name in STEADY else SUITE}"


def _bytes_in(folder: Path) -> int:
    """What lies in a folder so far, whole or in part."""
    return sum(path.stat().st_size for path in folder.iterdir())


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

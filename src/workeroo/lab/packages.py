"""How does Odoo come here? From Debian's own packages, into the lab's folder."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from workeroo.errors import Unavailable
from workeroo.lab.apt import Apt
from workeroo.lab.folder import SharedFolder, remove_tree
from workeroo.lab.program import find_program, run
from workeroo.lab.stamp import STAMP, is_complete, make_once
from workeroo.progress import Progress

SUITE = "sid"
"""The only suite with Odoo 19."""

STEADY_SUITE = "trixie"
STEADY = ("fonts-font-awesome", "fonts-inconsolata")
"""Odoo's package links to files that sid's versions of these no longer have; this suite's do."""

ODOO = "odoo-19"
LINKED = ("fonts-", "libjs-")
"""Odoo's package links into the packages with these names instead of carrying their files."""


def unpacked_odoo(shared: SharedFolder, progress: Progress) -> Path:
    """The root of the unpacked packages; fetched and unpacked where they are not there yet.

    Raises:
        NetworkError: when a package cannot be fetched.
        Unavailable: when a program is missing or a package cannot be used.
    """
    if not is_complete(shared.odoo):
        unpacker = find_program("dpkg-deb", package="dpkg")
        archives = _fetch(shared, progress)
        key = " ".join(archive.name for archive in archives)
        make_once(shared.odoo, key, lambda root: _unpack(unpacker, archives, root, progress))
        remove_tree(shared.packages)
        remove_tree(shared.apt)
    return shared.odoo


def unpacked_files(
    shared: SharedFolder, suite: str, package: str, files: Sequence[str], progress: Progress
) -> Path:
    """The root of some files out of a package, which is downloaded once and not kept.

    The files are named by their paths in the package, without a slash at the beginning.

    Raises:
        NetworkError: when the package cannot be fetched.
        Unavailable: when a program is missing, or a file is not in the package.
    """
    root = shared.path / package
    key = " ".join([suite, *files])
    if not is_complete(root, key):
        work = shared.path / f"{package}.fetched"
        apt = Apt(work / "apt", work / "packages", [suite])
        with progress.step(f"reading the list of packages of Debian {suite}"):
            apt.update(package)
        (archive,) = apt.download([package], f"downloading {package}", progress, {})
        make_once(root, key, lambda root: _unpack_files(archive, files, root))
        remove_tree(work)
    return root


def odoo_version(shared: SharedFolder) -> str:
    """The version of the package that is unpacked."""
    found = re.search(rf"{ODOO}_([^_]+)_", (shared.odoo / STAMP).read_text(encoding="utf-8"))
    return found[1] if found else "unknown"


def _fetch(shared: SharedFolder, progress: Progress) -> list[Path]:
    """Odoo's package and those that it links to; Odoo's first."""
    apt = Apt(shared.apt, shared.packages, [SUITE, STEADY_SUITE])
    with progress.step(f"reading the list of packages of Debian {SUITE}"):
        apt.update(ODOO)
        linked = [name for name in apt.depends(ODOO) if name.startswith(LINKED)]
    text = f"downloading {ODOO} and what it links to"
    return apt.download([ODOO, *linked], text, progress, dict.fromkeys(STEADY, STEADY_SUITE))


def _unpack(unpacker: str, archives: list[Path], root: Path, progress: Progress) -> None:
    with progress.step("unpacking Odoo", total=len(archives)) as step:
        for done, archive in enumerate(archives):
            step.reach(done)
            run([unpacker, "-x", archive, root])
    if dangling := dangling_links(root):
        told = f"{len(dangling)} links lead nowhere, such as {dangling[0].name}"
        with progress.step(f"unpacked with a gap: {told}; a page may lack a font"):
            pass


def _unpack_files(archive: Path, files: Sequence[str], root: Path) -> None:
    """Unpack only some files: the whole of an Odoo has ten thousands."""
    unpack = find_program("dpkg-deb", package="dpkg")
    take = [find_program("tar", package="tar"), "-x", "-C", str(root), "--no-same-owner"]
    with subprocess.Popen([unpack, "--fsys-tarfile", archive], stdout=subprocess.PIPE) as unpacking:
        taken = subprocess.run(
            [*take, *(f"./{file}" for file in files)],
            stdin=unpacking.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
    if taken.returncode or unpacking.returncode:
        told = taken.stderr.strip().splitlines()[:1] or ["it cannot be unpacked"]
        raise Unavailable(f"{archive.name}: {told[0]}")


def dangling_links(root: Path) -> list[Path]:
    """The links below a folder that lead nowhere."""
    every = (Path(inside, name) for inside, folders, names in os.walk(root)
             for name in (*folders, *names))  # fmt: skip
    return sorted(path for path in every if path.is_symlink() and not path.exists())

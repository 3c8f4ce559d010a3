"""How do rendered files get below a folder, each at its own path, none written over unasked?"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from pathlib import Path

from workeroo.errors import InputError, NotPermitted, OutputError, WorkerooError
from workeroo.render.hosts import HostFile

_SHOWN = 3
"""Files in the way that one sentence can name."""


def place(folder: Path, each: HostFile) -> Path:
    """Where a file goes: below the folder, below its host's name in a split.

    A path that climbs ("/etc/../../x") ends at the folder, as it does at the root of a disk.
    """
    path = posixpath.normpath(f"/{each.file.path}").lstrip("/")
    return folder.joinpath(each.host or "", path)


def write_below(folder: Path, files: Iterable[HostFile], *, force: bool) -> list[Path]:
    """Write all files, or none where one is in the way.

    Raises:
        OutputError: when a file stands there already, or cannot be written.
        NotPermitted: when this user may not write there.
    """
    placed = [(place(folder, each), each) for each in files]
    try:
        standing = [path for path, _ in placed if os.path.lexists(path)]
        if standing and not force:
            more = f" and {len(standing) - _SHOWN} more" if len(standing) > _SHOWN else ""
            where = ", ".join(map(str, standing[:_SHOWN])) + more
            cure = "write over it with --force, or give another --out"
            raise OutputError("this is here already", where=where, cure=cure)
        for path, each in placed:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, each.file.data(), each.file.mode)
    except (OSError, ValueError) as error:
        raise _told(error, folder) from error
    return [path for path, _ in placed]


def _write(path: Path, data: bytes, mode: int) -> None:
    """A new file in one step, so that nobody reads half of it or reads it with another mode."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(data)
            os.fchmod(opened.fileno(), mode)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _told(error: OSError | ValueError, folder: Path) -> WorkerooError:
    cure = "give another folder with --out"
    if isinstance(error, ValueError):
        return InputError(f"this is no path: {error}", where=str(folder), cure=cure)
    where = str(error.filename or folder)
    if isinstance(error, PermissionError):
        return NotPermitted("this user may not write here", where=where, cure=cure)
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return OutputError("a file is where a folder should be", where=where, cure=cure)
    return OutputError(f"it cannot be written: {error.strerror}", where=where, cure=cure)

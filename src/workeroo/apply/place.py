"""How is one file replaced so that it is the old one or the new one at every instant?

The new bytes are written beside it, made durable, given the old file's owner, mode, ACL and other
extended attributes, and renamed over it. The old file keeps a second name until all is verified,
so that the way back is a rename too and needs no room. A symbolic link stays: what it leads to is
replaced.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from workeroo.errors import NotPermitted, OutputError

_UNSUPPORTED = (errno.ENOTSUP, errno.EOPNOTSUPP)
_ACL = "system.posix_acl_access"


class Traits(msgspec.Struct, frozen=True):
    """What a file has besides its bytes."""

    mode: int
    uid: int
    gid: int
    attributes: dict[str, bytes] = {}


def traits_of(path: Path) -> Traits:
    """Owner, mode, ACL and other extended attributes of a file."""
    status = path.stat()
    try:
        names = os.listxattr(path)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        names = []
    attributes = {name: os.getxattr(path, name) for name in names}
    return Traits(status.st_mode & 0o7777, status.st_uid, status.st_gid, attributes)


def digest(data: bytes | None) -> str | None:
    """SHA-256 of some bytes; None for no file."""
    return None if data is None else hashlib.sha256(data).hexdigest()


def bytes_of(path: Path) -> bytes | None:
    """The bytes that stand in a file now; None where there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def prepare(path: Path, data: bytes | None, traits: Traits) -> None:
    """Lay the new bytes beside a file, and a second name for what stands; it stays as it is.

    What needs room on the disk is done here: the swap and the way back are renames.

    Args:
        path: the file, no symbolic link; the folder of a new one is made.
        data: the new bytes, None where the file shall go.
        traits: of the new file.

    Raises:
        NotPermitted, OutputError: when that cannot be done.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        tidy(path)
        if data is not None:
            write_synced(_new(path), data)
            _dress(_new(path), traits)
        if path.exists():
            try:
                os.link(path, _old(path))
            except OSError:  # no second name for this user or on this disk: bytes are saved anyway
                return


def swap(path: Path, *, goes: bool = False) -> None:
    """Put what was prepared in the file's place.

    Args:
        path: the file.
        goes: take it away instead. That nothing was prepared does not say so: what tidies a
            configuration's folder may have removed the hidden file.

    Raises:
        NotPermitted, OutputError: when that cannot be done; the file is then as it was.
    """
    with _told(path):
        if goes:
            path.unlink(missing_ok=True)
        else:
            _new(path).replace(path)
        sync_folder(path.parent)


def bring_back(path: Path, data: bytes | None, traits: Traits) -> None:
    """Put the old bytes in the file's place again: by its second name, else from those saved.

    Raises:
        NotPermitted, OutputError: when that cannot be done.
    """
    if digest(bytes_of(path)) == digest(data):
        return
    with _told(path):
        if data is not None and digest(bytes_of(_old(path))) != digest(data):
            write_synced(_old(path), data)
            _dress(_old(path), traits)
        if data is None:
            path.unlink(missing_ok=True)
        else:
            _old(path).replace(path)
        sync_folder(path.parent)


def tidy(path: Path) -> str | None:
    """Remove what was laid beside a file; a sentence where something stays."""
    try:
        if path.parent.is_dir():
            for beside in (_new(path), _old(path)):
                beside.unlink(missing_ok=True)
    except OSError as error:
        return f"Hidden files of workeroo stay beside {path}: {error.strerror}."
    return None


def write_synced(path: Path, data: bytes) -> None:
    """Write a file for its owner only, and wait until the disk has it.

    What stands under this name is not written through: it could be a link that somebody laid.
    """
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new(path: Path) -> Path:
    """A name that no program takes for configuration; always the same, so none can be left over."""
    return path.with_name(f".{path.name}.workeroo-new")


def _old(path: Path) -> Path:
    return path.with_name(f".{path.name}.workeroo-old")


def _dress(path: Path, traits: Traits) -> None:
    """Owner, then ACL, then mode: until the last it is open to nobody but its owner.

    A folder's default ACL gives its new files entries that the old file may not have.
    """
    status = path.stat()
    if (status.st_uid, status.st_gid) != (traits.uid, traits.gid):
        os.chown(path, traits.uid, traits.gid)
    standing = traits_of(path).attributes
    if _ACL in standing and _ACL not in traits.attributes:
        os.removexattr(path, _ACL)
    for name, value in traits.attributes.items():
        if standing.get(name) != value:  # the kernel lets few set a label that it gave itself
            os.setxattr(path, name, value)
    path.chmod(traits.mode)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        cure = "call it as root or as the owner of the file"
        raise NotPermitted("it cannot be replaced by this user", where=str(path), cure=cure) from (
            error
        )
    except OSError as error:
        what = f"it cannot be replaced: {error.strerror}"
        raise OutputError(what, where=str(path), cure="make room, or make it writable") from error

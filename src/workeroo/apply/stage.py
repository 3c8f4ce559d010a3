"""Which files change, and would the server take them?

Everything that can be checked before anything changes is checked here: that there is something to
do, that this user may do it, that there is room for it, and that Odoo, nginx and systemd would take
the new files.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from workeroo.apply import nginx
from workeroo.apply.diff import diff
from workeroo.apply.place import Traits, bytes_of, digest, traits_of
from workeroo.apply.product import Replaced, Seen
from workeroo.apply.run import run_program
from workeroo.errors import InputError, NotPermitted, Unavailable
from workeroo.facts.effective import from_conf
from workeroo.facts.lossless import decode
from workeroo.facts.odooconf import parse_conf
from workeroo.units import MIB, format_bytes

ROOM_BYTES = 8 * MIB
"""Free space asked for besides the files themselves: the record, and what else writes meanwhile."""

_ANALYZE_SECONDS = 30
_GET_FLAGS = 0x80086601  # FS_IOC_GETFLAGS. Source: linux/fs.h, as chattr(1) uses it
_FIXED_FLAGS = 0x30  # immutable and append only
_MOUNTS = Path("/proc/self/mountinfo")
_UNIT_ENDINGS = (".service", ".socket")


class NewFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it shall be.

    Attributes:
        data: None to take it away.
        traits: of a file that does not stand; one that stands keeps its own.
    """

    path: str
    data: bytes | None
    traits: Traits
    said: list[str] = []


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a change with its bytes: as it stands and as it shall be."""

    told: Replaced
    before: bytes | None
    after: bytes | None


def stage(files: Iterable[NewFile]) -> list[Piece]:
    """What each file becomes; those that are already so are left out.

    Raises:
        NotPermitted: when a file cannot be read.
    """
    return [piece for file in files if (piece := _piece(file)).before != piece.after]


def check(
    pieces: list[Piece], *, conf_path: str | None, series: int, nginx_config: str | None
) -> Iterator[Seen]:
    """Look at everything that can be known before anything changes."""
    yield from map(_may_write, pieces)
    yield from _room(pieces)
    for piece in pieces:
        if piece.told.path == conf_path and piece.after is not None:
            yield odoo_takes(piece.after, piece.told.path, series)
    if nginx_config is not None:
        with tempfile.TemporaryDirectory(prefix="workeroo-") as folder:
            yield nginx.judge(nginx_config, dict(_laid_out(pieces, Path(folder))))
    yield from _units(pieces)


def refuse(seen: Iterable[Seen]) -> None:
    """Stop where a check speaks against the change.

    Raises:
        InputError: with the first reason.
    """
    for one in seen:
        if one.holds is False:
            raise InputError(one.text, cure="nothing was changed")


def odoo_takes(data: bytes, path: str, series: int) -> Seen:
    """Whether a series starts with an odoo.conf."""
    what = "odoo.conf"
    try:
        conf = parse_conf(data, path)
    except InputError as error:
        return Seen(what=what, holds=False, text=str(error))
    refusals = [f"{path}:{problem.line}: {problem.text}" for problem in conf.refusals()]
    settings = from_conf(conf, series).settings.values()
    refusals += [f"{s.where}: {s.refusal}" for s in settings if s.refusal is not None]
    if refusals:
        return Seen(what=what, holds=False, text=f"Odoo {series} will not start: {refusals[0]}")
    return Seen(what=what, holds=True, text=f"Odoo {series} takes {path}")


def _piece(file: NewFile) -> Piece:
    real = os.path.realpath(file.path)
    path = Path(real)
    try:
        before = bytes_of(path)
        traits = file.traits if before is None else traits_of(path)
    except PermissionError as error:
        cure = "call it as root or as the owner of the file"
        raise NotPermitted("this user may not read it", where=real, cure=cure) from error
    texts = (decode(data or b"") for data in (before, file.data))
    told = Replaced(
        path=file.path,
        real_path=real,
        existed=before is not None,
        mode=traits.mode,
        uid=traits.uid,
        gid=traits.gid,
        attributes=traits.attributes,
        before_digest=digest(before),
        after_digest=digest(file.data),
        diff=diff(file.path, *texts),
        said=[*file.said, *_names(path, real)],
    )
    return Piece(told=told, before=before, after=file.data)


def _names(path: Path, real: str) -> Iterator[str]:
    """What must be said of a file with several names: only this one leads to the new bytes."""
    try:
        count = path.stat().st_nlink
    except OSError:
        return
    if count > 1:
        yield f"{real} has {count} names (hard links): the others keep the old bytes"


def _may_write(piece: Piece) -> Seen:
    """Whether this user may replace the file, as far as the system tells beforehand."""
    path = Path(piece.told.real_path)
    folder = next(parent for parent in path.parents if parent.is_dir())
    what = "permission"
    if str(path) in _mount_points():
        text = f"{piece.told.path} is mounted by itself into this place, so nothing can replace it"
        return Seen(what=what, holds=False, text=f"{text}; change it where it comes from")
    for place in (path, folder):
        if _is_fixed(place):
            text = f"{place} may not be changed by anybody (see lsattr; chattr -i takes that away)"
            return Seen(what=what, holds=False, text=text)
    if not os.access(folder, os.W_OK | os.X_OK):
        reason = f"this user may not write in {folder}"
        if os.statvfs(folder).f_flag & os.ST_RDONLY:
            reason = f"{folder} is mounted read-only"
        return Seen(what=what, holds=False, text=f"{piece.told.path}: {reason}")
    owner = piece.told.uid
    if os.geteuid() not in (0, owner):
        text = f"{piece.told.path} belongs to user {owner}, and only root can give it back to them"
        return Seen(what=what, holds=False, text=text)
    return Seen(what=what, holds=True, text=f"{piece.told.path} can be replaced")


def _mount_points() -> set[str]:
    """Where something is mounted: a container's odoo.conf is often a mount of one file."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return set()
    return {re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), line.split()[4]) for line in lines}


def _is_fixed(path: Path) -> bool:
    """Whether its disk keeps a file from being replaced, by root too."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        flags = fcntl.ioctl(descriptor, _GET_FLAGS, bytes(8))
    except OSError:  # this disk knows no such flags
        return False
    finally:
        os.close(descriptor)
    return bool(int.from_bytes(flags[:4], sys.byteorder) & _FIXED_FLAGS)


def _room(pieces: list[Piece]) -> Iterator[Seen]:
    """Whether each disk has room for the new file beside the old one."""
    folders = {
        next(parent for parent in Path(piece.told.real_path).parents if parent.is_dir())
        for piece in pieces
    }
    needed = sum(len(piece.after or b"") for piece in pieces) + ROOM_BYTES
    for folder in sorted(folders):
        free = shutil.disk_usage(folder).free
        told = f"{format_bytes(free)} are free in {folder}"
        if free < needed:
            text = f"{told}, {format_bytes(needed)} are needed"
            yield Seen(what="disk", holds=False, text=text)
        else:
            yield Seen(what="disk", holds=True, text=told)


def _laid_out(pieces: list[Piece], folder: Path) -> Iterator[tuple[str, Path]]:
    """The new files somewhere else, for nginx to read, by the path that they will have."""
    for number, piece in enumerate(pieces):
        staged = folder / str(number)
        staged.write_bytes(piece.after or b"")
        yield piece.told.real_path, staged


def _units(pieces: list[Piece]) -> Iterator[Seen]:
    """What systemd says of new units; a drop-in is judged with the unit that it belongs to."""
    units = {
        Path(piece.told.path).name: piece.after
        for piece in pieces
        if piece.told.path.endswith(_UNIT_ENDINGS) and piece.after is not None
    }
    with tempfile.TemporaryDirectory(prefix="workeroo-") as folder:
        for name, data in units.items():  # all first: a socket is refused without its service
            Path(folder, name).write_bytes(data)
        for name in units:
            yield _unit(Path(folder, name), name)


def _unit(unit: Path, name: str) -> Seen:
    what = "systemd unit"
    try:
        said = run_program(
            ["systemd-analyze", "verify", str(unit)], timeout_seconds=_ANALYZE_SECONDS
        )
    except Unavailable as error:
        return Seen(what=what, holds=None, text=f"{name} was not judged: {error.what}")
    if said.status:
        return Seen(what=what, holds=False, text=f"systemd refuses {name}: {said.last_line}")
    return Seen(what=what, holds=True, text=f"systemd takes {name} (systemd-analyze verify)")

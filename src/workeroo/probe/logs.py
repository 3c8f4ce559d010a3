"""Which logs does a user name, and what are the plain lines in them?

Plain files are handed on by their path and a range of bytes, for whoever scans them reads them on
several cores. All others are opened here and come in blocks: packed, wrapped, or from a pipe. No
file is read as a whole, every byte is read once, and one that cannot be read keeps no other back.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

import msgspec

from workeroo.errors import InputError, MissingInput, NotPermitted, WorkerooError
from workeroo.probe.loghead import HEAD_BYTES, refuse_other, unwrapper_of
from workeroo.probe.logline import PREFIX
from workeroo.probe.logpack import BLOCK_BYTES, Packing, packing_of, unpacked
from workeroo.probe.logspan import Sieve, Span, find_range, is_in_order
from workeroo.probe.logwrap import ByLine, Unwrapper

STDIN = "-"

PIECE_BYTES = 256 * 1024
"""Bytes of one read: of a packed file they hold a block or two, so that progress is seen."""

OnRead = Callable[[int], None]
"""Told how many bytes more of a file were read."""


class Pipe(Protocol):
    """Stdin, or what stands for it."""

    def read1(self, size: int, /) -> bytes:
        """What is there; nothing at the end."""
        ...


class Log:
    """One log that can be read.

    Attributes:
        name: as the user gave it.
        size_bytes: as it lies there; 0 where that is not known.
        path, span_bytes: of a plain file: read these bytes of it yourself. None where only
            `blocks` gives what is in it.
        is_pipe: what it gives, it gives once.
        first: the first time in it, as it is written; empty where its head has none.
        faults: what turned out to be wrong while it was read, as sentences.
    """

    def __init__(self, name: str, size_bytes: int, content: Content) -> None:
        self.name = name
        self.size_bytes = size_bytes
        self.content = content
        self.is_pipe = False
        self.path: str | None = None
        self.span_bytes: tuple[int, int] | None = None
        self.faults = content.faults
        self.first = content.first

    def blocks(self, on_read: OnRead | None = None) -> Iterator[bytes]:
        """Its plain lines, in blocks cut anywhere."""
        return self.content.blocks(on_read or _nobody)


class Logs(msgspec.Struct, frozen=True):
    """What can be read, the oldest first, and what not.

    Attributes:
        skipped: why some of the names cannot be read, as sentences.
        copies: which are left out, for another has the same lines, as sentences.
    """

    logs: list[Log]
    skipped: list[str]
    copies: list[str]


class Content:
    """What is in a file or pipe, layer by layer."""

    def __init__(self, name: str, source: Callable[[], Iterator[bytes]], before: datetime) -> None:
        self.name = name
        self.source = source
        self.faults: list[str] = []
        raw_head = next(iter(source()), b"")
        self.packing: Packing | None = packing_of(raw_head)
        self.head = raw_head[:HEAD_BYTES] if self.packing is None else self._unpacked_head()
        refuse_other(self.head, name)
        self.unwrapper = unwrapper_of(self.head, before)
        self.sieve: Sieve | None = None
        self.plain_head = self._plain_head()
        match = PREFIX.search(self.plain_head)
        self.first = self.plain_head[match.start() :][:_STAMP_BYTES] if match else b""

    @property
    def is_plain(self) -> bool:
        """Whether the bytes of the file are the lines of the log."""
        return self.packing is None and self.unwrapper is None

    def blocks(self, on_read: OnRead) -> Iterator[bytes]:
        """The lines, through all layers."""
        raw = _counted(self._unbroken(), on_read)
        blocks = unpacked(raw, self.packing, self.faults.append)
        if self.unwrapper is not None:
            blocks = _unwrapped(blocks, self.unwrapper())
        if self.sieve is not None:
            blocks = _unwrapped(blocks, ByLine(self.sieve.lines))
        return blocks

    def _unbroken(self) -> Iterator[bytes]:
        """The raw blocks up to where the system refuses to read on."""
        try:
            yield from self.source()
        except OSError as error:
            self.faults.append(f"it could be read only in part: {error.strerror or error}")

    def _unpacked_head(self) -> bytes:
        head = b""
        content = unpacked(self.source(), self.packing, _nobody_hears)
        for block in content:
            head += block
            if len(head) >= HEAD_BYTES:
                break
        _close(content)
        return head[:HEAD_BYTES]

    def _plain_head(self) -> bytes:
        if self.unwrapper is None:
            return self.head
        unwrapper = self.unwrapper()
        return unwrapper.feed(self.head) + unwrapper.end()


_STAMP_BYTES = len("2026-11-23 16:27:04,212")


def open_logs(
    names: Iterable[str], span: Span, pipe: Pipe, now: datetime, *, live: bool = False
) -> Logs:
    """Open what a user names.

    Args:
        names: files, "-" for the pipe; one that comes twice, also by a link, counts once.
        span: only lines of this time are given out.
        pipe: what "-" means.
        now: with a time zone.
        live: a pipe is looked at as soon as something is in it, not when there is much.

    Raises:
        WorkerooError: nothing of it can be read; of several reasons, the first.
    """
    found: dict[tuple[int, int] | str, Log] = {}
    failed: list[WorkerooError] = []
    for name in dict.fromkeys(names):
        try:
            key = _key(name)
            if key not in found:
                found[key] = _opened(name, span, pipe, now, live=live)
        except WorkerooError as error:  # noqa: PERF203 - one that fails keeps no other back
            error.where = error.where or name
            failed.append(error)
    if failed and not found:
        raise failed[0]
    logs, copies = _without_copies(list(found.values()))
    # One without any time stands where the user put it among those: sorting keeps the order.
    ordered = sorted(logs, key=lambda log: log.first or b"~")
    return Logs(ordered, [str(error) for error in failed], copies)


def _key(name: str) -> tuple[int, int] | str:
    if name == STDIN:
        return STDIN
    status = _status(name)
    return status.st_dev, status.st_ino


def _status(name: str) -> os.stat_result:
    try:
        return Path(name).stat()
    except OSError as error:
        raise _refused(error, name) from error
    except ValueError as error:  # a NUL in the name
        raise MissingInput("no such file", where=repr(name)) from error


def _opened(name: str, span: Span, pipe: Pipe, now: datetime, *, live: bool) -> Log:
    if name == STDIN:
        return _from_pipe(name, _pieces(pipe), span, now, 1 if live else HEAD_BYTES)
    status = _status(name)
    if stat.S_ISDIR(status.st_mode):
        raise InputError("this is a folder", where=name, cure="name the logs in it")
    if stat.S_ISFIFO(status.st_mode):  # <(zcat ...) of a shell
        return _from_pipe(name, _from_fifo(name), span, now, HEAD_BYTES)
    if not stat.S_ISREG(status.st_mode):
        raise InputError("this is neither a file nor a pipe", where=name, cure="give a log of Odoo")
    try:
        return _from_file(name, status, span)
    except OSError as error:
        raise _refused(error, name) from error


def _from_file(name: str, status: os.stat_result, span: Span) -> Log:
    size = status.st_size
    changed = datetime.fromtimestamp(status.st_mtime, timezone.utc)
    log = Log(name, size, Content(name, lambda: _file_blocks(name, size), changed))
    if log.content.is_plain:
        with Path(name).open("rb", buffering=0) as file:

            def read(offset: int, count: int) -> bytes:
                return os.pread(file.fileno(), count, offset)

            if span.is_open or is_in_order(read, size):
                log.path = name
                log.span_bytes = find_range(read, size, span)
                return log
    log.content.sieve = None if span.is_open else Sieve(span)
    return log


def _from_pipe(
    name: str, pieces: Iterator[bytes], span: Span, now: datetime, enough_bytes: int
) -> Log:
    """A pipe gives each byte once: what was looked at is put in front again."""
    kept: list[bytes] = []
    for piece in pieces:
        kept.append(piece)
        if sum(map(len, kept)) >= enough_bytes:
            break
    looked_at = b"".join(kept)
    opened = False

    def source() -> Iterator[bytes]:
        yield looked_at
        if opened:
            yield from pieces

    log = Log(name, 0, Content(name, source, now))
    log.is_pipe = opened = True
    log.content.sieve = None if span.is_open else Sieve(span)
    return log


def _file_blocks(name: str, size: int) -> Iterator[bytes]:
    """The bytes that a file had when it was opened: a live one grows."""
    with Path(name).open("rb", buffering=0) as file:
        left = size
        while left > 0 and (block := file.read(min(left, PIECE_BYTES))):
            left -= len(block)
            yield block


def _from_fifo(name: str) -> Iterator[bytes]:
    try:
        with Path(name).open("rb") as file:
            yield from _pieces(file)
    except OSError as error:
        raise _refused(error, name) from error


def _pieces(pipe: Pipe) -> Iterator[bytes]:
    while piece := pipe.read1(BLOCK_BYTES):
        yield piece


def _unwrapped(blocks: Iterable[bytes], unwrapper: Unwrapper) -> Iterator[bytes]:
    for block in blocks:
        if plain := unwrapper.feed(block):
            yield plain
    if plain := unwrapper.end():
        yield plain


def _counted(blocks: Iterable[bytes], on_read: OnRead) -> Iterator[bytes]:
    for block in blocks:
        yield block
        on_read(len(block))


def _without_copies(logs: list[Log]) -> tuple[list[Log], list[str]]:
    """The logs without those that begin as another does: a rotated one beside its packed copy."""
    kept: list[Log] = []
    told = []
    for log in sorted(logs, key=lambda log: (not log.content.is_plain, -log.size_bytes)):
        head = log.content.plain_head
        twin = next((k for k in kept if log.first and _same(k.content.plain_head, head)), None)
        if twin is None:
            kept.append(log)
        else:
            told.append(f"{log.name}: it begins as {twin.name} does: a copy, left out")
    return [log for log in logs if log in kept], told


def _same(one: bytes, other: bytes) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _refused(error: OSError, name: str) -> WorkerooError:
    if isinstance(error, FileNotFoundError):
        return MissingInput("no such file", where=name, cure="give the path of a log")
    if isinstance(error, PermissionError):
        cure = "run as its owner or as root"
        return NotPermitted("this user may not read the file", where=name, cure=cure)
    return InputError(f"it cannot be read: {error.strerror or error}", where=name)


def _close(content: Iterator[bytes]) -> None:
    """End a generator that is left half-way, and with it the program that it may run."""
    close = getattr(content, "close", None)
    if close is not None:
        close()


def _nobody(read_bytes: int) -> None:
    del read_bytes


def _nobody_hears(sentence: str) -> None:
    del sentence

"""What has come to a log since the last look, even where it was rotated meanwhile?

It is asked again and again, so that no kernel's notices are needed and a network's file system is
as good as a disk. What comes is given out in front of a line with a prefix, so that no traceback is
torn off its line; the last lines wait for the next look.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

from workeroo.probe.logpack import BLOCK_BYTES
from workeroo.probe.logspan import Sieve
from workeroo.probe.logwrap import ByLine, Unwrapper
from workeroo.workload.scan import last_header

_WINDOW_BYTES = 1024**2
"""The last line with a prefix is looked for in the end of a file; a traceback is shorter."""

_MOST_WAITING_BYTES = 8 * BLOCK_BYTES
"""More than this without a prefix is no log; it is not kept to wait for one."""


class Growing(Protocol):
    """Something to which bytes come."""

    @property
    def ended(self) -> bool:
        """Whether no more will come."""
        ...

    def more(self) -> bytes:
        """What came; nothing where nothing did."""
        ...


class GrowingFile:
    """A file that is written to, replaced by a new one (logrotate), or emptied (copytruncate).

    Args:
        path: of the file that is followed, whichever it is at a time.
        at_bytes: where to begin.
    """

    ended = False

    def __init__(self, path: str, at_bytes: int) -> None:
        self.path = Path(path)
        self.file: IO[bytes] = self.path.open("rb", buffering=0)
        self.file.seek(at_bytes)

    def more(self) -> bytes:
        """The next bytes: the rest of the old file first, then those of the new one."""
        if os.fstat(self.file.fileno()).st_size < self.file.tell():
            self.file.seek(0)
        came = self.file.read(BLOCK_BYTES)
        if not came and (new := self._replaced()) is not None:
            self.file.close()
            self.file = new
            came = self.file.read(BLOCK_BYTES)
        return came

    def _replaced(self) -> IO[bytes] | None:
        """The file that took the place of ours; None while there is none."""
        try:
            now = self.path.stat()
            ours = os.fstat(self.file.fileno())
            if (now.st_dev, now.st_ino) == (ours.st_dev, ours.st_ino):
                return None
            return self.path.open("rb", buffering=0)
        except OSError:  # between two files there is none, or not yet one that may be read
            return None


class GrowingPipe:
    """A pipe, asked only when something is in it.

    Args:
        file: its descriptor.
        pieces: gives what is in it, and ends with it.
    """

    def __init__(self, file: int, pieces: Iterator[bytes]) -> None:
        self.file = file
        self.pieces = pieces
        self.ended = False
        self.looked_at = False  # what was read to see what it is comes without waiting

    def more(self) -> bytes:
        """The next bytes."""
        if self.looked_at and not select.select([self.file], [], [], 0)[0]:
            return b""
        self.looked_at = True
        came = next(self.pieces, None)
        self.ended = came is None
        return came or b""


class Tail:
    """The lines that come to a log, whole and with what belongs to them.

    Args:
        growing: gives the bytes.
        unwrap: makes what takes off what is around the lines, where there is something.
        sieve: lets only some of the lines through.
        log: its name.
    """

    def __init__(
        self,
        growing: Growing,
        unwrap: Callable[[], Unwrapper] | None = None,
        sieve: Sieve | None = None,
        *,
        log: str = "",
    ) -> None:
        self.log = log
        self.growing = growing
        self.sieve = sieve
        self.unwrapper = unwrap() if unwrap else ByLine(bytes)
        self.waiting = b""

    @property
    def ended(self) -> bool:
        """Whether no more will come."""
        return self.growing.ended and not self.waiting

    def grown(self) -> bytes:
        """The lines that came, at most a few megabytes; after a look without any, all of them."""
        came = self.growing.more()
        self.waiting += self.unwrapper.feed(came) if came else b""
        if self.growing.ended:
            self.waiting += self.unwrapper.end()
        wait = came and len(self.waiting) < _MOST_WAITING_BYTES
        cut = last_header(self.waiting) if wait else len(self.waiting)
        lines, self.waiting = self.waiting[:cut], self.waiting[cut:]
        return lines if self.sieve is None else self.sieve.lines(lines)


def follow_from(path: str, stop: int) -> int:
    """Where to begin to follow a plain file of which so many bytes are there: at its last line."""
    with Path(path).open("rb", buffering=0) as file:
        begin = max(stop - _WINDOW_BYTES, 0)
        window = os.pread(file.fileno(), stop - begin, begin)
    return begin + (last_header(window) or window.rfind(b"\n") + 1)

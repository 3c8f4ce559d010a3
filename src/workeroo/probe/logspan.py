"""Which bytes of a log lie between two times?

Odoo writes its times in UTC and so that they sort as text ("2026-11-23 16:27:04,212"): they are
compared as they stand there. A line without a time of its own (a traceback) belongs to the last
line before it that has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import msgspec

from workeroo.errors import UsageError

Reader = Callable[[int, int], bytes]
"""Reads so many bytes from an offset; fewer at the end of the file."""

STAMP = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}")
_STAMPED_LINE = re.compile(rb"^" + STAMP.pattern, re.MULTILINE)
_STAMP_BYTES = 23

_AGO = re.compile(r"^(\d{1,6})\s*([smhdw])(?:\s+ago)?$")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

_STEP_BYTES = 64 * 1024
"""Bytes that are read at a time to find the next line with a time: some hundred lines."""

_SECOND_BYTES = len("2026-11-23 16:27:04")
"""Within a second, the lines of several processes come in any order."""

_SAMPLES = 64
"""Places of a file that are looked at to see whether its times only grow: a clock that was set
back, or logs of two servers in one file, show at most of them."""


class Span(msgspec.Struct, frozen=True):
    """From when to when; None where an end is open.

    Attributes:
        since: the first time that counts, as Odoo writes it, to the millisecond.
        until: the first time that no longer counts.
    """

    since: bytes | None = None
    until: bytes | None = None

    @property
    def is_open(self) -> bool:
        """Whether every line counts."""
        return self.since is None and self.until is None

    def holds(self, stamp: bytes) -> bool:
        """Whether a time lies in it."""
        late_enough = self.since is None or stamp >= self.since
        return late_enough and (self.until is None or stamp < self.until)


def parse_span(since: str | None, until: str | None, now: datetime) -> Span:
    """The span that a user names.

    Args:
        since: "2026-11-23", "2026-11-23 16:27", with seconds or an offset from UTC, or "2h", "3d"
            before now; without an offset it is the log's own clock, UTC.
        until: likewise.
        now: with a time zone.

    Raises:
        UsageError: a text is no time, or the span ends before it begins.
    """
    span = Span(_stamp("--since", since, now), _stamp("--until", until, now))
    if span.since is not None and span.until is not None and span.until <= span.since:
        raise UsageError("--until is not after --since", cure="give a later time with --until")
    return span


def stamp_of(moment: datetime) -> bytes:
    """A time as Odoo writes it; what lies between two milliseconds is the later one."""
    utc = moment.astimezone(timezone.utc)
    utc += timedelta(microseconds=-utc.microsecond % 1000)
    return f"{utc:%Y-%m-%d %H:%M:%S},{utc.microsecond // 1000:03d}".rjust(
        _STAMP_BYTES, "0"
    ).encode()


def find_range(read: Reader, size_bytes: int, span: Span) -> tuple[int, int]:
    """The bytes of a file in the order of time that lie in a span.

    Returns:
        Start and stop, both at the start of a line or at the end of the file.
    """
    start = 0 if span.since is None else _first_from(read, size_bytes, span.since)
    stop = size_bytes if span.until is None else _first_from(read, size_bytes, span.until)
    return start, max(start, stop)


def is_in_order(read: Reader, size_bytes: int) -> bool:
    """Whether the times of a file only grow, as far as some places of it show."""
    before = b""
    for sample in range(_SAMPLES):
        found = _next_stamp(read, size_bytes * sample // _SAMPLES, size_bytes)
        if found is None:
            break
        second = found[1][:_SECOND_BYTES]
        if second < before:
            return False
        before = second
    return True


class Sieve:
    """Lets the lines of a span through, in whatever order they come."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.open = False  # whether the last line with a time was in the span

    def lines(self, data: bytes) -> bytes:
        """Those of some whole lines that lie in the span."""
        kept = []
        start = 0
        for match in _STAMPED_LINE.finditer(data):
            inside = self.span.holds(match[0])
            if inside != self.open:
                if self.open:
                    kept.append(data[start : match.start()])
                start = match.start()
                self.open = inside
        if self.open:
            kept.append(data[start:])
        return b"".join(kept)


def _stamp(option: str, text: str | None, now: datetime) -> bytes | None:
    if text is None:
        return None
    ago = _AGO.match(text.strip())
    try:
        if ago is not None:
            moment = now - timedelta(seconds=int(ago[1]) * _UNIT_SECONDS[ago[2]])
        else:
            # fromisoformat of Python 3.10 knows no Z and no comma.
            moment = datetime.fromisoformat(
                re.sub(r"[Zz]$", "+00:00", text.strip().replace(",", "."))
            )
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return stamp_of(moment)
    except (ValueError, OverflowError) as error:
        cure = "write it like '2026-11-23', '2026-11-23 16:27' or '2h' (ago)"
        raise UsageError(f"{option}: {text!r} is not a time", cure=cure) from error


def _first_from(read: Reader, size_bytes: int, stamp: bytes) -> int:
    """Where the first line of this time or a later one begins; the size where there is none."""
    answer, low, high = size_bytes, 0, size_bytes
    while low < high:
        middle = (low + high) // 2
        found = _next_stamp(read, middle, high)
        if found is None:
            high = middle
        elif found[1] >= stamp:
            answer, high = found[0], middle
        else:
            low = found[0] + 1
    return answer


def _next_stamp(read: Reader, low: int, high: int) -> tuple[int, bytes] | None:
    """The first line with a time that begins in low <= offset < high: its offset and time."""
    at = low
    while at < high:
        begin = max(at - 1, 0)  # the byte before says whether a line begins here
        window = read(begin, _STEP_BYTES)
        match = _STAMPED_LINE.search(window, at - begin)
        if match is not None:
            offset = begin + match.start()
            return (offset, match[0]) if offset < high else None
        if len(window) < _STEP_BYTES:
            return None
        at = begin + len(window) - _STAMP_BYTES  # a time may be cut by the end of the window
    return None

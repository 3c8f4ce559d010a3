"""Which of the other lines of a block are known to the catalog, and what do they tell?

Of a block, the lines that are no requests are a small part. Each anchor of the catalog is looked
for in all of them at once; only where one is found is a line read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import numpy as np

from workeroo.catalog.logline import LogLine
from workeroo.catalog.loglines import LOG_LINES
from workeroo.facts.masked import shown
from workeroo.workload.block import Ints, Lines, text_of
from workeroo.workload.story import KEPT_TAIL_LINES, Event

_PREFIX = re.compile(
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<database>\S+) "
    rb"(?P<logger>[^\s:]+): ?(?P<message>.*)",
    re.DOTALL,
)
_SESSION = re.compile(
    r"(?i)\b(session_id|sid|access_token|token|csrf_token|password|passwd|api_?key|secret)"
    r"(=|%3D|['\"]?: ?['\"]?)[^&\s'\",;]+"
)
LONGEST_TEXT = 400
"""Characters of a line that are kept."""

_KEPT_BELOW = 5
"""Lines that are kept of the beginning of a long traceback, and below a line without a prefix."""

_PATTERNS: list[tuple[LogLine, re.Pattern[str]]] = [
    (line, re.compile(line.pattern)) for line in LOG_LINES
]
_BY_ANCHOR: dict[bytes, list[int]] = {}
for _number, _line in enumerate(LOG_LINES):
    _BY_ANCHOR.setdefault(_line.anchor.encode(), []).append(_number)

_NOT_ODOO = ("kernel", "systemd")
"""Sources whose lines have no prefix of Odoo's: each is an event of its own."""


def events_of(lines: Lines, before: dict[int, tuple[float, str]]) -> Iterator[Event]:
    """The known lines of a block in their order.

    Args:
        lines: of the block.
        before: the last line of each process before this block.
    """
    other = _other_lines(lines)
    if not len(other):
        return
    whole = b"".join(text_of(lines, line) + b"\n" for line in other.tolist())
    lengths = (lines.ends - lines.starts)[other] + 1
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    hits: set[tuple[int, int]] = set()
    for anchor, numbers in _BY_ANCHOR.items():
        at = whole.find(anchor)
        while at >= 0:
            which = int(np.searchsorted(offsets, at, side="right")) - 1
            hits.update((int(other[which]), number) for number in numbers)
            at = whole.find(anchor, int(offsets[which + 1]))
    seen: set[tuple[int, str]] = set()
    for line, number in sorted(hits):
        header = _header_of(lines, line)
        alone = header < 0 or _PATTERNS[number][0].source.startswith(_NOT_ODOO)
        event = _alone(lines, line, number) if alone else _event(lines, header, number)
        place = (line if alone else int(lines.header[header]), event.kind if event else "")
        if event is None or place in seen:
            continue
        seen.add(place)
        yield event if alone else _with_last_seen(lines, header, event, before)


def last_of_each(lines: Lines) -> Iterator[tuple[int, tuple[float, str]]]:
    """The last line of each process in a block."""
    pids, index = np.unique(lines.pid[::-1], return_index=True)
    for pid, at in zip(pids.tolist(), index.tolist(), strict=True):
        number = len(lines.pid) - 1 - at
        yield pid, _line_at(lines, number)


def masked(text: str) -> str:
    """A line of a log as it may be shown: no password, no session, nothing unprintable."""
    cut = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "..."
    return shown(_SESSION.sub(r"\1\2***", cut)).rstrip("\n")


def _other_lines(lines: Lines) -> Ints:
    """Indices of all lines that are no request lines, with a prefix or without."""
    keep = np.ones(len(lines.starts), dtype=bool)
    keep[lines.header[lines.is_request]] = False
    found: Ints = np.flatnonzero(keep)
    return found


def _header_of(lines: Lines, line: int) -> int:
    """Index into `lines.header` of the line that a line belongs to; -1 where there is none."""
    return int(np.searchsorted(lines.header, line, side="right")) - 1


def _alone(lines: Lines, line: int, number: int) -> Event | None:
    """An event of a line without a prefix that belongs to no other: what stands around it is kept.

    Its time is that of the next line with one, else of the last: such a line has none of its own.
    """
    known, pattern = _PATTERNS[number]
    raw = _text(lines, line)
    match = None if known.logger else pattern.search(raw)
    if match is None:
        return None
    after = min(_header_of(lines, line) + 1, len(lines.at_ms) - 1)
    at = float(lines.at_ms[after]) / 1000 if len(lines.at_ms) else 0.0
    around = range(max(line - KEPT_TAIL_LINES, 0), min(line + _KEPT_BELOW, len(lines.starts)))
    tail = [_text(lines, n) for n in around if n != line]
    return _made(match, Event(known.name, at, 0, "", "?", "", {}, raw, tail))


def _event(lines: Lines, header: int, number: int) -> Event | None:
    """An event of a line with a prefix, recognised by its message or by a line below it."""
    known, pattern = _PATTERNS[number]
    first = int(lines.header[header])
    prefix = _PREFIX.match(text_of(lines, first))
    if prefix is None:
        return None
    level, database, logger, message = (
        prefix[name].decode("utf-8", "replace")
        for name in ("level", "database", "logger", "message")
    )
    if known.logger and not logger.startswith(known.logger):
        return None
    if known.level and level != known.level:
        return None
    tail = _tail(lines, header)
    match = pattern.search(message) or next(
        (found for text in tail if (found := pattern.search(text))), None
    )
    if match is None:
        return None
    at, pid = float(lines.at_ms[header]) / 1000, int(lines.pid[header])
    event = Event(known.name, at, pid, level, database, logger, {}, message.rstrip(), tail)
    return _made(match, event)


def _made(match: re.Match[str], raw: Event) -> Event:
    """An event as it may be shown, with what its pattern found."""
    values = {name: masked(value) for name, value in match.groupdict().items() if value}
    tail = [masked(text) for text in raw.tail]
    return msgspec.structs.replace(raw, values=values, text=masked(raw.text), tail=tail)


def _tail(lines: Lines, header: int) -> list[str]:
    """The lines without a prefix below a line; of a long traceback the end tells most."""
    first = int(lines.header[header]) + 1
    stop = int(lines.header[header + 1]) if header + 1 < len(lines.header) else len(lines.starts)
    numbers = list(range(first, stop))
    if len(numbers) > KEPT_TAIL_LINES:
        numbers = [*numbers[:_KEPT_BELOW], *numbers[_KEPT_BELOW - KEPT_TAIL_LINES :]]
    return [_text(lines, n) for n in numbers]


def _text(lines: Lines, line: int) -> str:
    return text_of(lines, line)[: 4 * LONGEST_TEXT].decode("utf-8", "replace")


def _with_last_seen(
    lines: Lines, header: int, event: Event, before: dict[int, tuple[float, str]]
) -> Event:
    """An event about a process, with what that one wrote last before it."""
    told = event.values.get("pid", "")
    if not told.isdecimal():
        return event
    pid = int(told)
    earlier = np.flatnonzero(lines.pid[:header] == pid)
    last = _line_at(lines, int(earlier[-1])) if len(earlier) else before.get(pid)
    return msgspec.structs.replace(event, last_seen=last)


def _line_at(lines: Lines, header: int) -> tuple[float, str]:
    text = _text(lines, int(lines.header[header]))
    return float(lines.at_ms[header]) / 1000, masked(text.rstrip())

"""Which of the other lines of a block are known to the catalog, and what do they tell?

Of a block, the lines that are no requests are a small part. Each anchor of the catalog is looked
for in all of them at once; only where one is found is a line read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec
import numpy as np

from workeroo.catalog.logline import LogLine
from workeroo.catalog.loglines import LOG_LINES
from workeroo.facts.masked import shown
from workeroo.workload.block import Ints, Lines, digit_folded_hashes, text_of
from workeroo.workload.profile import Times, joined, one_time
from workeroo.workload.story import (
    KEPT_EVENTS,
    KEPT_TAIL_LINES,
    Event,
    Sighting,
    add_counts,
    gather_sightings,
)

_PREFIX = re.compile(
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) (?P<database>\S+) "
    rb"(?P<logger>[^\s:]+): ?(?P<message>.*)",
    re.DOTALL,
)
_SESSION = re.compile(
    r"(?i)\b(session_id|sid|access_token|token|csrf_token|password|passwd|api_?key|secret)"
    r"(=|%3D|['\"]?: ?['\"]?)[^&\s'\",;]+"
)
_TOKEN = re.compile(r"(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{40,}")
"""A long word with a digit in it: a session id, a token, a checksum; none is for a report."""

LONGEST_TEXT = 400
"""Characters of a line that are kept."""

_KEPT_BELOW = 5
"""Lines that are kept of the beginning of a long traceback, and below a line without a prefix."""

_MANY_HITS = 2 * KEPT_EVENTS
"""Up to so many lines of one kind in a block are read whole; of more, most are only counted."""

_NOT_ODOO = ("kernel", "systemd")
"""Sources whose lines have no prefix of Odoo's: each is an event of its own."""


class _Known(NamedTuple):
    """A line of the catalog, ready to be looked for.

    Attributes:
        whole: matches a whole line with a prefix, for counting many.
    """

    line: LogLine
    anchor: bytes
    pattern: re.Pattern[str]
    whole: re.Pattern[bytes]


def _known(line: LogLine) -> _Known:
    logger = re.escape(line.logger) + r"[^\s:]*" if line.logger else r"[^\s:]+"
    message = line.pattern[1:] if line.pattern.startswith("^") else f".*?{line.pattern}"
    whole = (
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
        rf"{line.level or '[A-Z]+'} \S+ {logger}: ?{message}"
    )
    return _Known(line, line.anchor.encode(), re.compile(line.pattern), re.compile(whole.encode()))


_BY_KIND: dict[str, list[_Known]] = {}
for _line in LOG_LINES:
    _BY_KIND.setdefault(_line.name, []).append(_known(_line))


_ANCHORS = sorted({one.anchor for known in _BY_KIND.values() for one in known})
_SHAPE_BYTES = 256
"""Lines that are the same up to here, digits aside, hold the same anchors up to here."""

_MOST_SHAPES = 50_000
_shapes: dict[int, tuple[bytes, ...]] = {}
"""The anchors that lines of a shape hold, by the shape's hash: no anchor has a digit in it."""


class _Others:
    """The lines of a block that are no requests, and which anchors each of them holds."""

    def __init__(self, lines: Lines) -> None:
        keep = np.ones(len(lines.starts), dtype=bool)
        keep[lines.header[lines.is_request]] = False
        self.lines: Ints = np.flatnonzero(keep)
        self.source = lines
        self._places: dict[bytes, list[Ints]] = {}
        if not len(self.lines):
            return
        starts, ends = lines.starts[self.lines], lines.ends[self.lines]
        hashes = digit_folded_hashes(lines.data, starts, ends, _SHAPE_BYTES)
        shapes, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        groups = np.split(order, np.cumsum(np.bincount(inverse, minlength=len(shapes)))[:-1])
        for shape, at, places in zip(shapes.tolist(), first.tolist(), groups, strict=True):
            for anchor in self._anchors(shape, at):
                self._places.setdefault(anchor, []).append(places)
        self._look_into_long_ones(ends - starts)

    def with_anchor(self, anchor: bytes) -> Ints:
        """Which of the lines hold an anchor."""
        found = self._places.get(anchor)
        return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    def match(self, place: int, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """What a pattern finds in one of the lines, from its beginning."""
        line = self.lines[place]
        lines = self.source
        return pattern.match(lines.raw, int(lines.starts[line]), int(lines.ends[line]))

    def _anchors(self, shape: int, at: int) -> tuple[bytes, ...]:
        known = _shapes.get(shape)
        if known is None:
            text = text_of(self.source, int(self.lines[at]))[:_SHAPE_BYTES]
            known = tuple(anchor for anchor in _ANCHORS if anchor in text)
            if len(_shapes) >= _MOST_SHAPES:
                _shapes.clear()
            _shapes[shape] = known
        return known

    def _look_into_long_ones(self, lengths: Ints) -> None:
        """Lines that go on behind what makes their shape are looked into one by one."""
        for place in np.flatnonzero(lengths > _SHAPE_BYTES).tolist():
            text = text_of(self.source, int(self.lines[place]))
            for anchor in _ANCHORS:
                if text.find(anchor, _SHAPE_BYTES - len(anchor) + 1) >= 0:
                    self._places.setdefault(anchor, []).append(np.array([place]))


def sightings_of(
    lines: Lines, before: dict[int, tuple[float, str]]
) -> tuple[dict[str, Sighting], dict[str, Times]]:
    """The known lines of a block by kind, and the times of scheduled actions by name.

    What is kept of them is not masked yet: see `safe`.

    Args:
        lines: of the block.
        before: the last line of each process before this block.
    """
    others = _Others(lines)
    found: dict[str, Sighting] = {}
    cron: dict[str, Times] = {}
    for kind, known in _BY_KIND.items():
        hits = [(place, one) for one in known for place in others.with_anchor(one.anchor).tolist()]
        if not hits:
            continue
        counted: list[tuple[int, re.Match[bytes]]] = []
        if len(hits) > _MANY_HITS:
            hits, counted = _apart(others, hits)
        events = list(_events(lines, others, hits, before))
        sighting = gather_sightings(events).get(kind, Sighting(kind=kind))
        if counted:
            _count(sighting, lines, others, counted)
        for job, seconds in _cron_times(events, counted):
            cron[job] = joined(cron.get(job), one_time(seconds))
        if sighting.count:
            found[kind] = sighting
    return found, cron


def _apart(
    others: _Others, hits: list[tuple[int, _Known]]
) -> tuple[list[tuple[int, _Known]], list[tuple[int, re.Match[bytes]]]]:
    """Hits to be read whole: some first and last ones, and those that are no simple lines."""
    simple: dict[int, tuple[_Known, re.Match[bytes]]] = {}
    special = []
    for place, one in hits:
        match = others.match(place, one.whole)
        if match is None:
            special.append((place, one))
        else:
            simple.setdefault(place, (one, match))
    order = sorted(simple)
    kept = {*order[:KEPT_EVENTS], *order[-KEPT_EVENTS:]}
    whole = [*special, *((place, simple[place][0]) for place in sorted(kept))]
    return sorted(whole, key=lambda hit: hit[0]), [
        (place, simple[place][1]) for place in order if place not in kept
    ]


def _events(
    lines: Lines,
    others: _Others,
    hits: list[tuple[int, _Known]],
    before: dict[int, tuple[float, str]],
) -> Iterator[Event]:
    """The events of some hits of one kind, one for each line with a prefix."""
    seen: set[tuple[bool, int]] = set()
    for place, known in sorted(hits, key=lambda hit: hit[0]):
        line = int(others.lines[place])
        header = _header_of(lines, line)
        alone = header < 0 or known.line.source.startswith(_NOT_ODOO)
        where = (alone, line if alone else header)
        if where in seen:
            continue
        event = _alone(lines, line, known) if alone else _event(lines, header, known)
        if event is not None:
            seen.add(where)
            yield event if alone else _with_last_seen(lines, header, event, before)


def _count(
    sighting: Sighting,
    lines: Lines,
    others: _Others,
    counted: list[tuple[int, re.Match[bytes]]],
) -> None:
    """Count lines of which nothing else is kept."""
    line = others.lines[np.array([place for place, _ in counted])]
    at_ms = lines.at_ms[np.searchsorted(lines.header, line)]
    groups: dict[str, Counter[bytes]] = {}
    for name in {name for _, match in counted for name in match.re.groupindex}:
        values = (m[name] for _, m in counted if name in m.re.groupindex)
        groups[name] = Counter(value for value in values if value)
    hours, times = np.unique(at_ms // 3_600_000, return_counts=True)
    add_counts(
        sighting,
        count=len(counted),
        first=float(at_ms.min()) / 1000,
        last=float(at_ms.max()) / 1000,
        per_hour=dict(zip(hours.tolist(), times.tolist(), strict=True)),
        values={
            name: {value.decode("utf-8", "replace"): n for value, n in counts.items()}
            for name, counts in groups.items()
        },
    )


def _cron_times(
    events: list[Event], counted: list[tuple[int, re.Match[bytes]]]
) -> Iterator[tuple[str, float]]:
    """Name and seconds of scheduled actions that have ended, where the lines tell both."""
    for event in events:
        if "job" in event.values and "seconds" in event.values:
            yield event.values["job"], float(event.values["seconds"])
    for _, match in counted:
        if {"job", "seconds"} <= match.re.groupindex.keys() and match["job"] and match["seconds"]:
            yield match["job"].decode("utf-8", "replace"), float(match["seconds"])


def safe(sighting: Sighting) -> Sighting:
    """A sighting as it may be shown: no password, no session, nothing unprintable."""
    return msgspec.structs.replace(
        sighting,
        events=[_safe(event) for event in sighting.events],
        values={
            name: {masked(value): count for value, count in counts.items()}
            for name, counts in sighting.values.items()
        },
    )


def _safe(event: Event) -> Event:
    last = event.last_seen
    return msgspec.structs.replace(
        event,
        values={name: masked(value) for name, value in event.values.items()},
        text=masked(event.text),
        tail=[masked(text) for text in event.tail],
        last_seen=None if last is None else (last[0], masked(last[1])),
    )


def last_of_each(lines: Lines) -> Iterator[tuple[int, tuple[float, str]]]:
    """The last line of each process in a block."""
    pids, index = np.unique(lines.pid[::-1], return_index=True)
    for pid, at in zip(pids.tolist(), index.tolist(), strict=True):
        number = len(lines.pid) - 1 - at
        yield pid, _line_at(lines, number)


@lru_cache(maxsize=8192)  # the same tracebacks come again and again
def masked(text: str) -> str:
    """A line of a log as it may be shown: no password, no session, nothing unprintable."""
    cut = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "..."
    return shown(_TOKEN.sub("***", _SESSION.sub(r"\1\2***", cut))).rstrip("\n")


def _header_of(lines: Lines, line: int) -> int:
    """Index into `lines.header` of the line that a line belongs to; -1 where there is none."""
    return int(np.searchsorted(lines.header, line, side="right")) - 1


def _alone(lines: Lines, line: int, known: _Known) -> Event | None:
    """An event of a line without a prefix that belongs to no other: what stands around it is kept.

    Its time is that of the line with one above it, else of the first: it has none of its own.
    """
    raw = _text(lines, line)
    match = None if known.line.logger else known.pattern.search(raw)
    if match is None:
        return None
    header = _header_of(lines, line)
    at = float(lines.at_ms[max(header, 0)]) / 1000 if len(lines.at_ms) else 0.0
    # Not beyond the lines with a prefix next to it: it is the same however the log is cut.
    low = int(lines.header[header]) if header >= 0 else 0
    high = int(lines.header[header + 1]) if header + 1 < len(lines.header) else len(lines.starts)
    around = range(max(line - KEPT_TAIL_LINES, low), min(line + _KEPT_BELOW, high))
    tail = [_text(lines, n) for n in around if n != line]
    return Event(known.line.name, at, 0, "", "?", "", _values(match), raw, tail)


def _event(lines: Lines, header: int, known: _Known) -> Event | None:
    """An event of a line with a prefix, recognised by its message or by a line below it."""
    first = int(lines.header[header])
    prefix = _PREFIX.match(text_of(lines, first))
    if prefix is None:
        return None
    level, database, logger, message = (
        prefix[name].decode("utf-8", "replace")
        for name in ("level", "database", "logger", "message")
    )
    if not logger.startswith(known.line.logger):
        return None
    if known.line.level not in {"", level}:
        return None
    tail = _tail(lines, header)
    match = known.pattern.search(message) or next(
        (found for text in tail if (found := known.pattern.search(text))), None
    )
    if match is None:
        return None
    at, pid = float(lines.at_ms[header]) / 1000, int(lines.pid[header])
    values = _values(match)
    return Event(known.line.name, at, pid, level, database, logger, values, message.rstrip(), tail)


def _values(match: re.Match[str]) -> dict[str, str]:
    return {name: value for name, value in match.groupdict().items() if value}


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
    return float(lines.at_ms[header]) / 1000, text.rstrip()

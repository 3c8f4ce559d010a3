"""What did the log tell besides its requests? Sightings of known lines, small however many.

The scanner makes an `Event` of each line that the catalog knows, and keeps of each kind some first
and last ones and the counts of all. Whoever judges reads only this and the profile.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from workeroo.workload.presence import Presence

KEPT_EVENTS = 60
"""Events of one kind that are kept whole, at each end of the log."""

KEPT_VALUES = 200
"""Different values of one group that are counted apart."""

KEPT_TAIL_LINES = 40
"""Lines of a traceback that are kept with an event."""

OTHERS = "(others)"


class Event(msgspec.Struct, frozen=True, array_like=True):
    """One line that the catalog knows.

    Attributes:
        kind: `LogLine.name`.
        at: Unix time in seconds by the log's own clock (UTC).
        pid: of the process that wrote it; 0 where the layout has none.
        level, database, logger: as written; database is "?" where none was at hand.
        values: the pattern's named groups.
        text: the message, secrets and session ids masked.
        tail: the lines below it that have no prefix of their own (a traceback), masked.
        last_seen: for an event about another process (values has "pid"): when that process wrote
            its last line before, and which; None where none was seen.
        log: the log that it stands in, where several are read: one that was rotated is one.
    """

    kind: str
    at: float
    pid: int
    level: str
    database: str
    logger: str
    values: dict[str, str]
    text: str
    tail: list[str] = []
    last_seen: tuple[float, str] | None = None
    log: str = ""


class Sighting(msgspec.Struct, kw_only=True):
    """All events of one kind.

    Attributes:
        count: how many there were.
        first, last: Unix time of the first and the last one.
        events: some of the first and of the last ones, in order.
        values: for each named group how often each value came; rare ones as "(others)".
        per_hour: how many in each hour (Unix time // 3600).
    """

    kind: str
    count: int = 0
    first: float = 0.0
    last: float = 0.0
    events: list[Event] = []
    values: dict[str, dict[str, int]] = {}
    per_hour: dict[int, int] = {}


class Story(msgspec.Struct, kw_only=True):
    """The sightings of a log by kind, and which processes wrote when."""

    sightings: dict[str, Sighting] = {}
    presence: Presence = {}

    def of(self, kind: str) -> Sighting | None:
        """All events of a kind; None where there were none."""
        return self.sightings.get(kind)

    def count(self, kind: str) -> int:
        """How many events of a kind there were."""
        found = self.sightings.get(kind)
        return found.count if found else 0

    def events(self, *kinds: str) -> list[Event]:
        """The kept events of some kinds, in the order of their times."""
        found = [e for kind in kinds if (s := self.of(kind)) is not None for e in s.events]
        return sorted(found, key=lambda event: event.at)


def gather_sightings(events: Iterable[Event]) -> dict[str, Sighting]:
    """The sightings of events in the order of the log."""
    found: dict[str, Sighting] = {}
    for event in events:
        sighting = found.get(event.kind)
        if sighting is None:
            sighting = found[event.kind] = Sighting(kind=event.kind, first=event.at)
        _add(sighting, event)
    return found


def merge_sightings(one: dict[str, Sighting], other: dict[str, Sighting]) -> dict[str, Sighting]:
    """The sightings of two parts of a log, or of two logs."""
    return {kind: _merged(one.get(kind), other.get(kind)) for kind in dict.fromkeys([*one, *other])}


def _add(sighting: Sighting, event: Event) -> None:
    sighting.count += 1
    sighting.first = min(sighting.first, event.at)
    sighting.last = max(sighting.last, event.at)
    hour = int(event.at // 3600)
    sighting.per_hour[hour] = sighting.per_hour.get(hour, 0) + 1
    for name, value in event.values.items():
        _count(sighting.values.setdefault(name, {}), value, 1)
    sighting.events.append(event)
    if len(sighting.events) > 2 * KEPT_EVENTS:
        del sighting.events[KEPT_EVENTS]


def _count(counts: dict[str, int], value: str, times: int) -> None:
    key = value if value in counts or len(counts) < KEPT_VALUES else OTHERS
    counts[key] = counts.get(key, 0) + times


def add_counts(
    sighting: Sighting,
    *,
    count: int,
    first: float,
    last: float,
    per_hour: dict[int, int],
    values: dict[str, dict[str, int]],
) -> None:
    """Add events of which only the counts are known."""
    sighting.first = min(sighting.first, first) if sighting.count else first
    sighting.last = max(sighting.last, last) if sighting.count else last
    sighting.count += count
    for hour, times in per_hour.items():
        sighting.per_hour[hour] = sighting.per_hour.get(hour, 0) + times
    for name, counts in values.items():
        for value, times in counts.items():
            _count(sighting.values.setdefault(name, {}), value, times)


def _merged(one: Sighting | None, other: Sighting | None) -> Sighting:
    if one is None or other is None:
        found = one or other
        if found is None:
            raise ValueError("nothing to merge")
        return found
    whole = Sighting(
        kind=one.kind,
        count=one.count,
        first=one.first,
        last=one.last,
        values={name: dict(counts) for name, counts in one.values.items()},
        per_hour=dict(one.per_hour),
    )
    add_counts(
        whole,
        count=other.count,
        first=other.first,
        last=other.last,
        per_hour=other.per_hour,
        values=other.values,
    )
    # In the order of the log, not of its clocks: so it is the same however the log is cut.
    events = [*one.events, *other.events]
    if len(events) > 2 * KEPT_EVENTS:
        events = [*events[:KEPT_EVENTS], *events[-KEPT_EVENTS:]]
    whole.events = events
    return whole

"""How often did each server start, and was it asked to?

A log may hold the lines of several servers. A start is that of a server that was there before only
if the one before is gone: whoever still writes was not restarted.
"""

from __future__ import annotations

import msgspec

from workeroo.workload.presence import HOUR_SECONDS, Presence
from workeroo.workload.story import Event, Story

FAILURES = (
    "port-in-use",
    "database-unreachable",
    "too-many-clients",
    "disk-full",
    "memory-error",
)
"""What ends a start before the server has said that it listens."""

FAILS_WITHIN_SECONDS = 120.0

FORKED_SECONDS = 120.0
"""So long after it listens a master may load registries before its workers are there."""

ORPHANED_SECONDS = 10.0
"""Workers whose master was killed notice it within a beat of 4 s; a slow machine gets more."""

LOOK_SECONDS = 3600.0
"""A server that lives writes at least once in so long: its scheduled actions do."""

ALIVE_SHARE = 4
"""One of so many of its first processes must write later: others may be silent or replaced. Fewer
may be another server's, forked by chance at the same time."""

NEAR_PIDS = 1000
"""A pid that is lower by less than this is of a container that began to count anew, or of another
one: who is who cannot be told then."""

_STOPS = ("stop-asked", "reload-asked", "threaded-stop", "threaded-reload")


class Start(msgspec.Struct, frozen=True):
    """One start of a server.

    Attributes:
        event: "HTTP service running", or the first line of a start that failed.
        asked: whether the server before it had been asked to stop; also true of the first start
            of a server, before which nothing is known.
        began: when its process wrote its first line.
        forked: its first processes, by their pids, as far as they are known for its own.
    """

    event: Event
    asked: bool
    began: float
    forked: list[int] = []


def servers(story: Story) -> list[list[Start]]:
    """The starts of each server in their order. The evented process's own are none."""
    stops = story.events(*_STOPS)
    known = _starts(story)
    found: list[list[Start]] = []
    for start in known:
        gone = [
            server
            for server in found
            if _may_follow(server[-1], start)
            and (
                _has_stopped(server[-1], start, stops)
                or not _outlives(server[-1], start, story.presence)
            )
        ]
        if not gone:
            found.append([start])
            continue
        # Rather the server with the same pid or address, and of those the one that came last.
        server = max(gone, key=lambda one: (_likeness(one[-1], start), one[-1].began))
        asked = _was_asked(server[-1], start, stops, known)
        server.append(msgspec.structs.replace(start, asked=asked))
    return found


def crowded(found: list[Start], least: int, window_seconds: float) -> list[Start]:
    """The starts that stand with enough others in one window, in their order."""
    places: set[int] = set()
    for first in range(len(found) - least + 1):
        if found[first + least - 1].event.at - found[first].event.at <= window_seconds:
            places |= set(range(first, first + least))
    return [found[place] for place in sorted(places)]


def runs_without_a_stop(found: list[Start]) -> list[list[Start]]:
    """Starts that follow each other without a stop between them, those of one run together."""
    runs: list[list[Start]] = []
    for start in found:
        if start.asked or not runs:
            runs.append([])
        runs[-1].append(start)
    return runs


def _starts(story: Story) -> list[Start]:
    """All starts of masters, in the order in which they began."""
    versions = story.events("version")
    found = []
    for event in [*story.events("http-running"), *_failed(story)]:
        began = max(
            (one.at for one in versions if _is_of(one, event) and _just_before(one, event)),
            default=event.at,
        )
        found.append(Start(event, asked=True, began=began))
    found.sort(key=lambda start: (start.began, start.event.at))
    return [
        msgspec.structs.replace(start, forked=_forked(start, found, story.presence))
        for start in found
    ]


def _just_before(one: Event, other: Event) -> bool:
    return 0 <= other.at - one.at <= FAILS_WITHIN_SECONDS


def _is_of(one: Event, other: Event) -> bool:
    """Whether the same process wrote both."""
    return (one.log, one.pid) == (other.log, other.pid)


def _likeness(before: Start, start: Start) -> tuple[bool, bool]:
    one, other = before.event, start.event
    return one.pid == other.pid, one.values.get("address") == other.values.get("address")


def _may_follow(before: Start, start: Start) -> bool:
    """Whether they may be of one server: in one log, and not known to listen elsewhere."""
    told = {start.event.values.get("address") for start in (before, start)} - {None}
    return before.event.log == start.event.log and len(told) < 2  # noqa: PLR2004 - two are two


def _has_stopped(before: Start, start: Start, stops: list[Event]) -> bool:
    """Whether a server said that it stops, before another start."""
    return any(
        _is_of(stop, before.event) and before.began <= stop.at <= start.began for stop in stops
    )


def _outlives(before: Start, start: Start, presence: Presence) -> bool:
    """Whether a server is still there after another start, which is another server's then."""
    old, new = before.event.pid, start.event.pid
    if 0 <= old - new < NEAR_PIDS:
        return False
    wrote = _Wrote(presence, before.event.log)
    if wrote.between(old, start.began, start.began + LOOK_SECONDS):
        return True
    since = start.began + ORPHANED_SECONDS
    alive = sum(wrote.between(pid, since, since + LOOK_SECONDS) for pid in before.forked)
    return alive > 0 and alive * ALIVE_SHARE >= len(before.forked)


def _forked(start: Start, known: list[Start], presence: Presence) -> list[int]:
    """What a master forked soon: pids behind its own and before that of the next master."""
    event = start.event
    masters = (
        one.event.pid
        for one in known
        if one.event.log == event.log and abs(one.began - start.began) <= LOOK_SECONDS
    )
    stop = min((pid for pid in masters if pid > event.pid), default=None)
    born = _Wrote(presence, event.log).born(start.began, event.at + FORKED_SECONDS)
    return [pid for pid in born if event.pid < pid and (stop is None or pid < stop)]


def _was_asked(before: Start, start: Start, stops: list[Event], known: list[Start]) -> bool:
    """Whether the server before had been asked to stop, by what it wrote or nobody else did."""
    others = {(one.event.log, one.event.pid) for one in known} - {
        (before.event.log, before.event.pid)
    }
    return any(
        before.event.at <= stop.at <= start.event.at
        and stop.log == before.event.log
        and (stop.log, stop.pid) not in others
        for stop in stops
    )


class _Wrote:
    """Which processes of one log wrote when."""

    def __init__(self, presence: Presence, log: str) -> None:
        self.presence = presence
        self.log = log

    def between(self, pid: int, after: float, until: float) -> bool:
        """Whether a process wrote after a time, and not only long after it."""
        for hour in range(int(after // HOUR_SECONDS), int(until // HOUR_SECONDS) + 1):
            told = self.presence.get((self.log, hour), {}).get(pid)
            if told is not None and told[0] <= until and told[1] > after:
                return True
        return False

    def born(self, since: float, until: float) -> list[int]:
        """The processes that wrote their first line in this time."""
        found = []
        for hour in range(int(since // HOUR_SECONDS), int(until // HOUR_SECONDS) + 1):
            earlier = self.presence.get((self.log, hour - 1), {})
            for pid, (first, _) in self.presence.get((self.log, hour), {}).items():
                if since <= first <= until and pid not in earlier:
                    found.append(pid)
        return found


def _failed(story: Story) -> list[Event]:
    """First lines of processes that said no more than why they could not start."""
    pending: dict[tuple[str, int], Event] = {}
    failed: list[Event] = []
    for event in story.events("version", "http-running", "evented-running", *FAILURES):
        process = event.log, event.pid
        if event.kind == "version":
            pending[process] = event
            continue
        begun = pending.pop(process, None)
        if (
            begun is not None
            and event.kind in FAILURES
            and event.at - begun.at <= FAILS_WITHIN_SECONDS
        ):
            failed.append(begun)
    return failed

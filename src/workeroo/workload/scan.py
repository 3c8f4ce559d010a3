"""What does a log say, read once from its beginning to its end?

Blocks of bytes go in, a `Scanned` comes out: the story of the known lines and the sums over the
requests. Two parts of a log, read apart, are merged into what one reading would have given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from workeroo.workload.block import HEADER_BYTES, read_lines, read_requests
from workeroo.workload.presence import Presence, add_presence, presence_of
from workeroo.workload.profile import Concurrency, Lifetimes, Profile, Times, joined
from workeroo.workload.recognise import last_of_each, safe, sightings_of
from workeroo.workload.story import Event, Sighting, Story, merge_sightings
from workeroo.workload.tally import Tally

BLOCK_BYTES = 4 * 1024**2
"""Large enough that NumPy's own cost per call does not count, small enough for the cache."""

MOST_CARRIED_BYTES = 32 * 1024**2
"""A longer piece without any line with a prefix is read as it stands."""

SATURATION = 0.1
"""A second counts as saturated when all but this much of the workers' time in it was taken."""

STARTED_SECONDS = 10
"""All workers are forked within a second of the start; a slow machine gets more."""

_LIVES = ("worker-alive", "worker-exit", "worker-timeout", "cpu-limit")
"""Kinds of lines that tell of a worker's beginning and end."""

_TO_PID = len("2026-11-23 16:27:04,212 4")
_HEADER = re.compile(
    rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d[^\n]{%d}" % (HEADER_BYTES - _TO_PID), re.MULTILINE
)
"""What counts as a prefix where lines are taken apart: a shorter line has none there either."""
_ANSI = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


class Scanned:
    """What was read of a log, or of a part of it."""

    def __init__(self) -> None:
        self.lines = 0
        self.size_bytes = 0
        self.headers = 0
        self.first_ms: int | None = None
        self.last_ms: int | None = None
        self.tally = Tally()
        self.sightings: dict[str, Sighting] = {}
        self.cron: dict[str, Times] = {}
        self.last_lines: dict[int, tuple[float, str]] = {}
        self.presence: Presence = {}
        self.workers: int | None = None

    def add(self, block: bytes) -> None:
        """Read a block of whole lines."""
        if b"\x1b" in block:
            block = _ANSI.sub(b"", block)
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if not block.endswith(b"\n"):
            block += b"\n"
        lines = read_lines(block)
        self.lines += len(lines.starts)
        self.size_bytes += len(block)
        self.headers += len(lines.header)
        if len(lines.header):
            low, high = int(lines.at_ms.min()), int(lines.at_ms.max())
            self.first_ms = low if self.first_ms is None else min(low, self.first_ms)
            self.last_ms = high if self.last_ms is None else max(high, self.last_ms)
        self.tally.add(lines, read_requests(lines))
        sightings, cron = sightings_of(lines, self.last_lines)
        self.sightings = merge_sightings(self.sightings, sightings)
        for job, times in cron.items():
            self.cron[job] = joined(self.cron.get(job), times)
        self.last_lines |= dict(last_of_each(lines))
        add_presence(self.presence, presence_of(lines))

    def absorb(self, other: Scanned, log: str = "") -> None:
        """Add what was read of a later part, or of another log, which then has a name."""
        for sighting in other.sightings.values():
            sighting.events = [_named(self._known_before(e), log) for e in sighting.events]
        self.lines += other.lines
        self.size_bytes += other.size_bytes
        self.headers += other.headers
        for name, choose in (("first_ms", min), ("last_ms", max)):
            told = [t for t in (getattr(self, name), getattr(other, name)) if t is not None]
            setattr(self, name, choose(told, default=None))
        self.tally.absorb(other.tally)
        self.sightings = merge_sightings(self.sightings, other.sightings)
        for job, times in other.cron.items():
            self.cron[job] = joined(self.cron.get(job), times)
        self.last_lines |= other.last_lines
        add_presence(self.presence, other.presence, log)

    def _known_before(self, event: Event) -> Event:
        """An event about a process that was only seen in an earlier part."""
        told = event.values.get("pid", "")
        if event.last_seen is not None or not told.isdecimal():
            return event
        return msgspec.structs.replace(event, last_seen=self.last_lines.get(int(told)))

    @property
    def story(self) -> Story:
        """The known lines, as they may be shown."""
        return Story(
            sightings={kind: safe(found) for kind, found in self.sightings.items()},
            presence=self.presence,
        )

    @property
    def profile(self) -> Profile:
        """The workload."""
        classes, hours, levels = self.tally.finish()
        days: dict[int, int] = {}
        for hour in hours:
            days[hour.hour // 24] = days.get(hour.hour // 24, 0) + hour.requests
        peak = max(hours, key=lambda hour: hour.requests, default=None)
        return Profile(
            first=None if self.first_ms is None else self.first_ms / 1000,
            last=None if self.last_ms is None else self.last_ms / 1000,
            lines=self.lines,
            requests=self.tally.requests,
            other=self.headers - self.tally.requests,
            errors=sum(one.errors for one in classes),
            classes=classes,
            hours=hours,
            peak_hour=peak.hour if peak else None,
            peak_day=max(days, key=lambda day: days[day]) if days else None,
            concurrency=self._concurrency(levels),
            lifetimes=self._lifetimes(),
            cron=self.cron,
            series=self._series(),
        )

    def _concurrency(self, levels: dict[int, int]) -> Concurrency:
        workers = self.workers or self._most_workers()
        most = max((hour.busiest_second_busy for hour in self.tally.hours.values()), default=0.0)
        full = 0 if workers is None else sum(n for busy, n in levels.items() if busy >= workers)
        return Concurrency(
            workers=workers, max_busy=round(most, 3), saturated_seconds=full, histogram=levels
        )

    def _most_workers(self) -> int | None:
        """HTTP workers at a time: those alive after a start, else those that served in an hour.

        Of the latter, those that took another's place within the hour are not counted twice.
        """
        starts = self.sightings.get("http-running")
        lived = [self._living_after(event.at) for event in (starts.events if starts else [])]
        born = self.sightings.get("worker-alive")
        worked = [
            len(pids) - (born.per_hour.get(hour, 0) if born else 0)
            for hour, pids in self.tally.hour_pids.items()
        ]
        return max(lived, default=0) or (max(1, *worked) if worked else None)

    def _living_after(self, start: float) -> int:
        """How many HTTP workers a server has forked after its start, before the first one ended."""
        born: set[str] = set()
        first: float | None = None
        kept = (e for kind in _LIVES if (s := self.sightings.get(kind)) for e in s.events)
        for event in sorted(kept, key=lambda event: event.at):
            if event.at < start:
                continue
            # A master loads its registries before it forks: that may take long.
            first = event.at if first is None else first
            if event.kind != "worker-alive" or event.at > first + STARTED_SECONDS:
                break
            if event.values.get("part") == "WorkerHTTP":
                born.add(event.values.get("pid", ""))
        return len(born)

    def _lifetimes(self) -> Lifetimes:
        born, gone = self.sightings.get("worker-alive"), self.sightings.get("worker-exit")
        served = gone.values.get("requests", {}) if gone else {}
        known = {int(n): times for n, times in served.items() if n.isdecimal()}
        lives = sum(known.values())
        return Lifetimes(
            began=born.count if born else 0,
            ended=gone.count if gone else 0,
            requests_per_life=sum(n * t for n, t in known.items()) / lives if lives else None,
        )

    def _series(self) -> int | None:
        found = self.sightings.get("version")
        told = found.values.get("version", {}) if found else {}
        numbers = [int(m[0]) for version in told if (m := re.match(r"\d+", version))]
        return max(numbers, default=None)


def scan_bytes(data: bytes) -> Scanned:
    """Read a log that is in memory."""
    return scan_blocks([data])


def scan_blocks(blocks: Iterable[bytes]) -> Scanned:
    """Read a log that comes in pieces, cut anywhere."""
    scanned = Scanned()
    for block in whole_lines(blocks):
        scanned.add(block)
    return scanned


def merge(parts: Iterable[Scanned]) -> Scanned:
    """The parts of a log in their order, or several logs, as one."""
    whole = Scanned()
    for part in parts:
        whole.absorb(part)
    return whole


def _named(event: Event, log: str) -> Event:
    return msgspec.structs.replace(event, log=log) if log and not event.log else event


def whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces cut anywhere, cut anew in front of lines with a prefix: no traceback is torn off."""
    carried = b""
    for piece in pieces:
        data = carried + piece
        cut = last_header(data)
        whole = cut and _HEADER.search(data, 0, cut)  # lines before any prefix need the next one
        if not whole and len(data) < MOST_CARRIED_BYTES:
            carried = data
            continue
        cut = cut or len(data)
        carried = data[cut:]
        for start in range(0, cut, cut):
            yield data[start:cut]
    if carried:
        yield carried


def last_header(data: bytes) -> int:
    """Where the last line with a prefix begins; 0 where none does behind the start."""
    stop = len(data)
    while stop > 0:
        start = data.rfind(b"\n", 0, stop) + 1
        if start and _HEADER.match(data, start):
            return start
        stop = start - 1
    return 0


def next_header(data: bytes, start: int = 0) -> int | None:
    """Where the next line with a prefix begins, from a place that may be inside a line."""
    found = _HEADER.search(data, start)
    return found.start() if found else None

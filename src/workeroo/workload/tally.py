"""What do request lines add up to? Sums over blocks that can be merged exactly.

Per class: counts and histograms. Per second: how long workers were busy, and how many requests
began. Seconds are kept for a few hours only; an hour that no later line can reach any more becomes
one `Hour`. The hours at both ends of a part stay open, for the part before or after may reach them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workeroo.workload.block import Ints, Lines, Requests, digit_folded_hashes
from workeroo.workload.naming import class_of
from workeroo.workload.profile import BUCKETS_PER_TENFOLD, MOST_CLASSES, Hour, RequestClass, Times

MOST_KEYS = 20_000
"""Different paths (digits folded) that are named; of a log with more, the rest are one class."""

LONGEST_KEY = 160
"""Bytes of method and path that are told apart."""

OTHERS = "(others)"
OPEN_HOURS = 3
"""No request is longer than this: Odoo's own limit_time_real is minutes."""

MOST_OPEN_HOURS = 100
"""So many hours of seconds are some 6 MB: up to here clocks may jump, and all is exact."""

_HOUR = 3600
_BUCKETS = 7 * BUCKETS_PER_TENFOLD  # up to 10^7 ms, almost three hours
_TABLE_BITS = np.uint64(48)  # the top 16 bits of a hash choose its place
_TABLE_SIZE = 1 << 16
_SERVER_ERROR = 500
_FINE_MS = 1 << 16

_BUCKET_OF_MS = np.zeros(_FINE_MS, dtype=np.int16)
_BUCKET_OF_MS[1:] = np.floor(BUCKETS_PER_TENFOLD * np.log10(np.arange(1, _FINE_MS)) + 1e-9)


class Tally:
    """The sums of a part of a log."""

    def __init__(self) -> None:
        self.requests = 0
        self.names: list[str] = [OTHERS]
        self.hashes: dict[int, int] = {}
        self.by_name: dict[str, int] = {OTHERS: 0}
        self.table_hash = np.zeros(_TABLE_SIZE, dtype=np.uint64)
        self.table_class = np.full(_TABLE_SIZE, -1, dtype=np.int64)
        self.sums: dict[str, NDArray[np.int64]] = {
            name: np.zeros(1, dtype=np.int64)
            for name in ("count", "errors", "untimed", "queries", "service", "sql", "longest")
        }
        self.longest_sql = np.zeros(1, dtype=np.int64)
        self.service = np.zeros((1, _BUCKETS), dtype=np.int64)
        self.sql = np.zeros((1, _BUCKETS), dtype=np.int64)
        self.seconds: dict[int, tuple[NDArray[np.float64], NDArray[np.int64]]] = {}
        self.hours: dict[int, Hour] = {}
        self.closed: dict[int, NDArray[np.int64]] = {}
        self.hour_pids: dict[int, set[int]] = {}

    def add(self, lines: Lines, requests: Requests) -> None:
        """Add the request lines of a block."""
        if not len(requests.line):
            return
        self.requests += len(requests.line)
        classes = self._classes(lines, requests)
        timed = (requests.sql_ms >= 0) & (requests.rest_ms >= 0)
        service = np.where(timed, requests.sql_ms + requests.rest_ms, 0)
        self._count(classes, requests, timed, service)
        self._place(requests, timed, service)

    def _classes(self, lines: Lines, requests: Requests) -> Ints:
        """The class of each request, by the hash of its path."""
        hashes = digit_folded_hashes(lines.data, requests.key_start, requests.key_stop, LONGEST_KEY)
        place = (hashes >> _TABLE_BITS).astype(np.int64)
        found = np.where(self.table_hash[place] == hashes, self.table_class[place], -1)
        missing = np.flatnonzero(found < 0)
        if len(missing):
            fresh, index, inverse = np.unique(
                hashes[missing], return_index=True, return_inverse=True
            )
            named = np.array(
                [
                    self._class_of(int(value), lines, requests, missing[at])
                    for value, at in zip(fresh.tolist(), index.tolist(), strict=True)
                ],
                dtype=np.int64,
            )
            slots = (fresh >> _TABLE_BITS).astype(np.int64)
            self.table_hash[slots], self.table_class[slots] = fresh, named
            found[missing] = named[inverse]
        return found

    def _class_of(self, value: int, lines: Lines, requests: Requests, at: int) -> int:
        known = self.hashes.get(value)
        if known is not None:
            return known
        if len(self.hashes) >= MOST_KEYS:
            return 0
        start = int(requests.key_start[at])
        stop = min(int(requests.key_stop[at]), start + LONGEST_KEY)
        name = class_of(lines.data[start:stop].tobytes().decode("utf-8", "replace"))
        number = self.by_name.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        self.hashes[value] = number
        return number

    def _grow(self) -> int:
        """Room for every class; how many there are."""
        size = len(self.names)
        more = size - len(self.sums["count"])
        if more > 0:
            for name, values in self.sums.items():
                self.sums[name] = np.append(values, np.zeros(more, dtype=np.int64))
            self.longest_sql = np.append(self.longest_sql, np.zeros(more, dtype=np.int64))
            fresh = np.zeros((more, _BUCKETS), dtype=np.int64)
            self.service = np.vstack([self.service, fresh])
            self.sql = np.vstack([self.sql, fresh])
        return size

    def _count(
        self, classes: Ints, requests: Requests, timed: NDArray[np.bool_], service: Ints
    ) -> None:
        size = self._grow()
        sums = self.sums
        sums["count"] += np.bincount(classes, minlength=size)
        sums["errors"] += np.bincount(classes[requests.status >= _SERVER_ERROR], minlength=size)
        sums["untimed"] += np.bincount(classes[~timed], minlength=size)
        kept = classes[timed]
        ms, sql = service[timed], requests.sql_ms[timed]
        for name, values in (("service", ms), ("sql", sql), ("queries", requests.queries[timed])):
            weights = np.maximum(values, 0)
            sums[name] += np.bincount(kept, weights=weights, minlength=size).astype(np.int64)
        np.maximum.at(sums["longest"], kept, ms)
        np.maximum.at(self.longest_sql, kept, sql)
        self.service += _histogram(kept, ms, size)
        self.sql += _histogram(kept, sql, size)

    def _place(self, requests: Requests, timed: NDArray[np.bool_], service: Ints) -> None:
        """When workers were busy, and when requests began."""
        begin_ms = requests.at_ms - service
        first = int(begin_ms.min()) // 1000 // _HOUR
        last = int(requests.at_ms.max()) // 1000 // _HOUR
        hour_of = requests.at_ms // (1000 * _HOUR)
        for hour in np.unique(hour_of).tolist():
            here = hour_of == hour
            entry = self._hour(hour)
            entry.requests += int(here.sum())
            entry.errors += int((requests.status[here] >= _SERVER_ERROR).sum())
            self.hour_pids.setdefault(hour, set()).update(np.unique(requests.pid[here]).tolist())
        if last - first > OPEN_HOURS * 24:  # clocks that jump: hour by hour, or not at all
            self._spread_sparse(begin_ms, requests.at_ms, timed)
        else:
            self._spread(begin_ms, requests.at_ms, timed, first, last)
        self._close(last)

    def _spread_sparse(self, begin: Ints, end: Ints, timed: NDArray[np.bool_]) -> None:
        hours = end // (1000 * _HOUR)
        for hour in np.unique(hours).tolist():
            here = hours == hour
            low = max(int(begin[here].min()) // 1000 // _HOUR, hour - OPEN_HOURS)
            self._spread(
                np.maximum(begin[here], low * _HOUR * 1000), end[here], timed[here], low, hour
            )

    def _spread(
        self, begin: Ints, end: Ints, timed: NDArray[np.bool_], first: int, last: int
    ) -> None:
        """Spread the time of each request over the seconds that it takes part in."""
        base, size = first * _HOUR, (last - first + 1) * _HOUR
        began = np.bincount(begin // 1000 - base, minlength=size)
        start, stop = begin[timed], end[timed]
        low, high = start // 1000, stop // 1000
        weights = np.minimum(stop, (low + 1) * 1000) - start
        busy = np.bincount(low - base, weights=weights, minlength=size).astype(np.float64)
        long = high > low
        low, high, stop = low[long], high[long], stop[long]
        busy += np.bincount(high - base, weights=stop - high * 1000, minlength=size)
        whole = np.maximum(high - low - 1, 0)
        edges = np.bincount(low[whole > 0] + 1 - base, minlength=size + 1).astype(np.float64)
        edges -= np.bincount(high[whole > 0] - base, minlength=size + 1)
        busy += 1000 * np.cumsum(edges)[:size]
        for number in range(last - first + 1):
            part = slice(number * _HOUR, (number + 1) * _HOUR)
            if busy[part].any() or began[part].any():
                self._add_seconds(first + number, busy[part], began[part])

    def _add_seconds(self, hour: int, busy: NDArray[np.float64], began: NDArray[np.int64]) -> None:
        held = self.seconds.get(hour)
        if held is not None:
            busy, began = held[0] + busy, held[1] + began
        self.seconds[hour] = (busy, began)

    def _hour(self, hour: int) -> Hour:
        return self.hours.setdefault(hour, Hour(hour=hour))

    def _close(self, newest: int) -> None:
        """Make hours of seconds that are far from both ends."""
        if len(self.seconds) <= MOST_OPEN_HOURS:
            return
        oldest = min(self.seconds)
        for hour in sorted(self.seconds):
            if oldest + OPEN_HOURS < hour < newest - OPEN_HOURS:
                self._close_hour(hour)

    def _close_hour(self, hour: int) -> None:
        busy, began = self.seconds.pop(hour)
        levels = np.bincount(np.rint(busy / 1000).astype(np.int64), minlength=1)
        held = self.closed.get(hour)
        entry = self._hour(hour)
        entry.busy_seconds = round(entry.busy_seconds + float(busy.sum()) / 1000, 3)
        entry.busiest_second_busy = max(entry.busiest_second_busy, float(busy.max()) / 1000)
        entry.arrivals_mean = float(began.mean())
        entry.arrivals_variance = float(began.var())
        self.closed[hour] = levels if held is None else _sum(held, levels)

    def absorb(self, other: Tally) -> None:
        """Add the sums of a later part."""
        self.requests += other.requests
        numbers = []
        for name in other.names:
            number = self.by_name.setdefault(name, len(self.names))
            if number == len(self.names):
                self.names.append(name)
            numbers.append(number)
        self._grow()
        other._grow()
        to = np.array(numbers)
        for name, values in other.sums.items():
            combine = np.maximum if name == "longest" else np.add
            combine.at(self.sums[name], to, values)
        np.maximum.at(self.longest_sql, to, other.longest_sql)
        np.add.at(self.service, to, other.service)
        np.add.at(self.sql, to, other.sql)
        for hour, (busy, began) in other.seconds.items():
            self._add_seconds(hour, busy, began)
        for hour, levels in other.closed.items():
            held = self.closed.get(hour)
            self.closed[hour] = levels if held is None else _sum(held, levels)
        for hour, entry in other.hours.items():
            _absorb_hour(self._hour(hour), entry)
        for hour, pids in other.hour_pids.items():
            self.hour_pids.setdefault(hour, set()).update(pids)
        self.hashes |= {h: numbers[n] for h, n in other.hashes.items()}

    def finish(self) -> tuple[list[RequestClass], list[Hour], dict[int, int]]:
        """The classes, the hours, and for how many seconds how many workers were busy."""
        for hour in sorted(self.seconds):
            self._close_hour(hour)
        self._grow()
        levels = np.zeros(1, dtype=np.int64)
        for counts in self.closed.values():
            levels = _sum(levels, counts)
        histogram = {busy: count for busy, count in enumerate(levels.tolist()) if count}
        return self._all_classes(), [self.hours[h] for h in sorted(self.hours)], histogram

    def _all_classes(self) -> list[RequestClass]:
        """The most frequent ones first; those beyond the limit together."""
        count = self.sums["count"]
        named = [number for number in np.flatnonzero(count).tolist() if number]
        named.sort(key=lambda number: (-count[number], self.names[number]))
        order = np.array(named, dtype=np.int64)
        kept, rest = order[: MOST_CLASSES - 1], order[MOST_CLASSES - 1 :]
        found = [self._class(np.array([number])) for number in kept.tolist()]
        rest = np.append(rest, 0)
        if self.sums["count"][rest].sum():
            found.append(self._class(rest, OTHERS))
        return found

    def _class(self, numbers: Ints, name: str | None = None) -> RequestClass:
        def total(what: str) -> int:
            return int(self.sums[what][numbers].sum())

        timed = total("count") - total("untimed")
        return RequestClass(
            name=self.names[int(numbers[0])] if name is None else name,
            count=total("count"),
            errors=total("errors"),
            untimed=total("untimed"),
            queries=total("queries"),
            service=_distribution(
                timed, total("service"), int(self.sums["longest"][numbers].max()),
                self.service[numbers].sum(axis=0),
            ),
            sql=_distribution(
                timed, total("sql"), int(self.longest_sql[numbers].max()),
                self.sql[numbers].sum(axis=0),
            ),
        )  # fmt: skip


def _histogram(classes: Ints, ms: Ints, size: int) -> Ints:
    """Counts by class and bucket."""
    at = classes * _BUCKETS + _buckets(ms)
    counts: Ints = np.bincount(at, minlength=size * _BUCKETS).reshape(size, _BUCKETS)
    return counts


def _distribution(count: int, sum_ms: int, max_ms: int, buckets: NDArray[np.int64]) -> Times:
    filled = np.flatnonzero(buckets)
    return Times(
        count=count,
        sum_seconds=sum_ms / 1000,
        max_seconds=max_ms / 1000,
        buckets=dict(zip(filled.tolist(), buckets[filled].tolist(), strict=True)),
    )


def _buckets(ms: Ints) -> Ints:
    """The histogram bucket of each time."""
    fine = _BUCKET_OF_MS[np.clip(ms, 0, _FINE_MS - 1)].astype(np.int64)
    coarse = ms >= _FINE_MS
    if coarse.any():
        fine[coarse] = np.floor(BUCKETS_PER_TENFOLD * np.log10(ms[coarse]) + 1e-9)
    return np.minimum(fine, _BUCKETS - 1)


def _sum(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    short, long = (one, other) if len(one) < len(other) else (other, one)
    total: NDArray[np.int64] = long.copy()
    total[: len(short)] += short
    return total


def _absorb_hour(entry: Hour, other: Hour) -> None:
    entry.requests += other.requests
    entry.errors += other.errors
    entry.busy_seconds = round(entry.busy_seconds + other.busy_seconds, 3)
    entry.busiest_second_busy = max(entry.busiest_second_busy, other.busiest_second_busy)
    if other.arrivals_mean > entry.arrivals_mean:
        entry.arrivals_mean = other.arrivals_mean
        entry.arrivals_variance = other.arrivals_variance

"""What work does a log tell of: which requests, how often, how long, on how many workers?

One profile, small whatever the size of the log, and exact under merging: counts and sums are
added, quantiles come from histograms with a stated error.
"""

from __future__ import annotations

import math

import msgspec

BUCKETS_PER_TENFOLD = 32
"""Bounds of the histograms of times: each bucket is 10^(1/32) = 7.5 % wider than the one before,
so a quantile read at the middle of its bucket is off by at most 3.7 %."""

LEAST_SECONDS = 0.001
"""The log rounds times to a millisecond: all below counts as that."""

MOST_CLASSES = 400
"""Request classes that are kept apart; the rarest of more are counted together."""


class Times(msgspec.Struct, kw_only=True):
    """A distribution of times in seconds.

    Attributes:
        count: how many; sum_seconds: their sum; max_seconds: the longest.
        buckets: histogram: bucket number -> count; bucket n holds times from 10^(n/32) ms.
    """

    count: int = 0
    sum_seconds: float = 0.0
    max_seconds: float = 0.0
    buckets: dict[int, int] = {}

    def quantile(self, share: float) -> float:
        """The time in seconds that this share of all does not pass; within 3.7 %."""
        wanted, seen = share * self.count, 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= wanted:
                middle = LEAST_SECONDS * 10 ** ((bucket + 0.5) / BUCKETS_PER_TENFOLD)
                return min(middle, self.max_seconds)
        return self.max_seconds


def one_time(seconds: float) -> Times:
    """The distribution of one time."""
    ratio = max(seconds, LEAST_SECONDS) / LEAST_SECONDS
    bucket = math.floor(BUCKETS_PER_TENFOLD * math.log10(ratio))
    return Times(count=1, sum_seconds=seconds, max_seconds=seconds, buckets={bucket: 1})


def joined(one: Times | None, other: Times) -> Times:
    """Two distributions as one."""
    if one is None:
        return other
    buckets = dict(one.buckets)
    for bucket, count in other.buckets.items():
        buckets[bucket] = buckets.get(bucket, 0) + count
    return Times(
        count=one.count + other.count,
        # To the millisecond, as logs are: so the order of the sum does not show.
        sum_seconds=round(one.sum_seconds + other.sum_seconds, 3),
        max_seconds=max(one.max_seconds, other.max_seconds),
        buckets=buckets,
    )


class RequestClass(msgspec.Struct, kw_only=True):
    """Requests of one kind.

    Attributes:
        name: route with ids folded ("GET /shop/product/*"), or model and method of an RPC.
        count: how many; errors: answered with 500 and above; untimed: without times in the log.
        service: wall time in the worker: SQL and the rest; sql: the part in the database.
        queries: SQL queries of all.
    """

    name: str
    count: int = 0
    errors: int = 0
    untimed: int = 0
    service: Times
    sql: Times
    queries: int = 0


class Hour(msgspec.Struct, kw_only=True):
    """One hour of the log, by its own clock (UTC).

    Attributes:
        hour: Unix time // 3600.
        requests, errors: counts.
        busy_seconds: time that workers spent on requests; / 3600 = busy workers on average.
        busiest_second_busy: most worker-seconds in one second: how many workers were busy.
        arrival_variance: of the number of requests that begin in a second; / mean = burstiness.
    """

    hour: int
    requests: int = 0
    errors: int = 0
    busy_seconds: float = 0.0
    busiest_second_busy: float = 0.0
    arrivals_mean: float = 0.0
    arrivals_variance: float = 0.0


class Lifetimes(msgspec.Struct, kw_only=True):
    """The lives of workers.

    Attributes:
        began, ended: how many "alive" and "exiting" lines.
        requests_per_life: how many requests those that ended had served: mean.
    """

    began: int = 0
    ended: int = 0
    requests_per_life: float | None = None


class Concurrency(msgspec.Struct, kw_only=True):
    """How many workers were busy at a time.

    Attributes:
        workers: HTTP workers that were seen at most at a time; None where not known.
        max_busy: most worker-seconds within one second.
        saturated_seconds: seconds in which at least `workers` - 0.1 were busy on average.
        histogram: busy workers (rounded) -> seconds.
    """

    workers: int | None = None
    max_busy: float = 0.0
    saturated_seconds: int = 0
    histogram: dict[int, int] = {}


class Profile(msgspec.Struct, kw_only=True):
    """The workload of a log.

    Attributes:
        schema: "workeroo/workload/1".
        first, last: Unix time of the first and the last line.
        lines: all lines; requests: request lines; other: lines with a prefix that are none.
        classes: the most frequent first.
        hours: those with a line, in order.
        peak_hour, peak_day: Unix time // 3600 and // 86400 of those with the most requests.
        cron: runs of each scheduled action by name.
        series: the major version that the log names; None where it does not.
    """

    schema: str = "workeroo/workload/1"
    first: float | None = None
    last: float | None = None
    lines: int = 0
    requests: int = 0
    other: int = 0
    errors: int = 0
    classes: list[RequestClass] = []
    hours: list[Hour] = []
    peak_hour: int | None = None
    peak_day: int | None = None
    concurrency: Concurrency
    lifetimes: Lifetimes
    cron: dict[str, Times] = {}
    series: int | None = None

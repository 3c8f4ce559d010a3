"""Did a trial hold the target? Decided by the share of requests over it, not by one percentile.

p95 is within the target exactly where at most 5 % of the requests are over it, and a share can be
tested. Slow requests come in heaps, since a queue that stands makes everybody in it late, so they
count for fewer than they are: a heap is about one observation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from workeroo.prove.knee.product import SHARE_OVER, Outcome, Trial, Tried, Try
from workeroo.prove.knee.watch import LEAST_OVER, MOST_SHARE_OVER
from workeroo.prove.load.product import Shot

MISS_DOUBT, HOLD_DOUBT = 0.01, 0.05
"""A trial is clear where its outcome would come by chance in fewer cases than this. Missing is
final for a search, since no rate above is tried again."""

FAR_SHARE, FAR_REQUESTS = 0.5, 60
"""Where no request of so many came near this share of the target, it is held however they came:
of 60 independent ones, none would be over it in fewer than 1 of 20 trials at the knee."""

SHORT_INDEPENDENT = 4.0
"""What a short trial is worth at most: a queue that grows slowly has not come far in it."""

HOPELESS_SHARE = 0.25
"""Five times the share that is allowed: only that it is more than that counts from here on, since
a queue that grows has no share of its own."""


class Counted(msgspec.Struct, frozen=True):
    """The requests of a trial that count.

    Attributes:
        latencies_seconds: in the order in which they were due; failed ones are infinitely late.
        failed: how many.
    """

    latencies_seconds: list[float]
    failed: int


def counted(shots: Sequence[Shot]) -> Counted:
    """What is left without the warm-up."""
    warm = sorted((shot for shot in shots if not shot.cold), key=lambda shot: shot.due_seconds)
    late = [math.inf if shot.failed else shot.latency_seconds for shot in warm]
    return Counted(late, sum(shot.failed is not None for shot in warm))


def judged(asked: Try, tried: Tried, target_seconds: float) -> Trial:
    """A trial with its outcome."""
    these = counted(tried.shots)
    late = these.latencies_seconds
    over = sum(latency > target_seconds for latency in late)
    independent = len(late) / heap_size(late, target_seconds)
    if asked.short:
        independent = min(independent, SHORT_INDEPENDENT)
    answered = sorted(latency for latency in late if latency < math.inf)
    return Trial(
        rate=asked.rate,
        seconds=tried.seconds,
        requests=len(late),
        over=over,
        failed=these.failed,
        independent=independent,
        p50_seconds=quantile(answered, 0.5),
        p95_seconds=quantile(answered, 0.95),
        outcome=_outcome(
            these,
            over,
            independent,
            stopped=tried.stopped is not None,
            far=_is_far(these, target_seconds),
        ),
        why=asked.why,
        stopped=tried.stopped,
        doubts=tried.doubts,
    )


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """By nearest rank."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def heap_size(latencies: Sequence[float], target_seconds: float) -> float:
    """How many slow requests come together, as seen from one of them; at least 1.

    A heap begins with a request over the bar and ends when one is as quick as most are. Where the
    heaps come by chance, the number of slow requests varies by the sum of their squares: each
    counts for the size of the heap that it is in. The bar is the target, or what one request in
    twenty passes where that is less, so that a trial without any request over the target has heaps
    too.
    """
    ordered = sorted(latencies)
    usual, slow = quantile(ordered, 0.5), quantile(ordered, 1 - SHARE_OVER)
    if usual is None or slow is None:
        return 1.0
    bar = min(target_seconds, slow)
    heaps: list[int] = []
    standing = 0
    for latency in latencies:
        if latency > bar:
            standing += 1
        elif latency <= usual and standing:
            heaps.append(standing)
            standing = 0
    heaps += [standing] if standing else []
    total = sum(heaps)
    return sum(heap * heap for heap in heaps) / total if total else 1.0


def _is_far(these: Counted, target_seconds: float) -> bool:
    late = these.latencies_seconds
    return len(late) >= FAR_REQUESTS and max(late) <= FAR_SHARE * target_seconds


def _outcome(these: Counted, over: int, independent: float, *, stopped: bool, far: bool) -> Outcome:
    count = len(these.latencies_seconds)
    if these.failed or stopped or (over >= LEAST_OVER and over >= MOST_SHARE_OVER * count):
        return "missed"
    if not count:
        return "undecided"
    if far:
        return "held"
    shrunk = over * independent / count
    if at_least(shrunk, independent, SHARE_OVER) < MISS_DOUBT:
        return "missed"
    if at_most(shrunk, independent, SHARE_OVER) < HOLD_DOUBT:
        return "held"
    return "undecided"


def at_most(hits: float, tries: float, share: float) -> float:
    """The chance of so few hits or fewer, binomial; numbers are rounded against the claim."""
    total, most = math.floor(tries), math.ceil(hits)
    return sum(_chance(number, total, share) for number in range(min(most, total) + 1))


def at_least(hits: float, tries: float, share: float) -> float:
    """The chance of so many hits or more, binomial; numbers are rounded against the claim."""
    total, least = math.ceil(tries), math.floor(hits)
    return max(0.0, 1.0 - sum(_chance(number, total, share) for number in range(least)))


def _chance(hits: int, tries: int, share: float) -> float:
    ways = math.lgamma(tries + 1) - math.lgamma(hits + 1) - math.lgamma(tries - hits + 1)
    return math.exp(ways + hits * math.log(share) + (tries - hits) * math.log1p(-share))

"""What do the shots of a load say, in figures?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from workeroo.prove.load.honesty import Lag
from workeroo.prove.load.product import Closed, Latency, Open, Shot


def nearest_rank(ordered: Sequence[float], share: float) -> float | None:
    """The least value that at least this share of the values does not exceed.

    Always one of the values, so that p95 is a time that a request really took.
    """
    if not ordered:
        return None
    # Rounded first: 0.95 * 20 is a little more than 19 in binary.
    rank = math.ceil(round(share * len(ordered), 9))
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def latency(shots: Iterable[Shot]) -> Latency:
    """Of answered requests; those that failed are counted beside them."""
    times: list[float] = []
    failed = 0
    for shot in shots:
        if shot.failed is None:
            times.append(shot.latency_seconds)
        else:
            failed += 1
    times.sort()
    return Latency(
        count=len(times),
        failed=failed,
        mean_seconds=math.fsum(times) / len(times) if times else None,
        p50_seconds=nearest_rank(times, 0.50),
        p90_seconds=nearest_rank(times, 0.90),
        p95_seconds=nearest_rank(times, 0.95),
        p99_seconds=nearest_rank(times, 0.99),
        max_seconds=times[-1] if times else None,
    )


def by_request(shots: Iterable[Shot]) -> dict[str, Latency]:
    """By "journey: name", those first that come first."""
    sorts: dict[str, list[Shot]] = {}
    for shot in shots:
        sorts.setdefault(f"{shot.journey}: {shot.name}", []).append(shot)
    return {name: latency(some) for name, some in sorts.items()}


def failures(shots: Iterable[Shot]) -> dict[str, int]:
    """How often each reason was given, the most frequent first."""
    return dict(Counter(shot.failed for shot in shots if shot.failed is not None).most_common())


def shape_seconds(shape: Open | Closed) -> float:
    """How long visits arrive or begin."""
    if isinstance(shape, Open) and shape.trace_seconds:
        return max(shape.trace_seconds)
    return shape.seconds


def rates(shots: Iterable[Shot], window: tuple[float, float]) -> tuple[float, float]:
    """Requests that were due, and requests that were answered, per second of the window.

    An answer counts where it came within the window, whenever its request was due: with a server
    that falls behind this is what it does per second, while the queue grows.
    """
    begin, end = window
    if end <= begin:
        return 0.0, 0.0
    due = answered = 0
    for shot in shots:
        due += begin <= shot.due_seconds < end
        answered += shot.failed is None and begin <= shot.ended_seconds < end
    return due / (end - begin), answered / (end - begin)


def lag_of(shots: Iterable[Shot]) -> Lag:
    """How far behind its own plan the generator sent."""
    late = sorted(shot.sent_seconds - shot.due_seconds for shot in shots)
    return Lag(
        p95_seconds=nearest_rank(late, 0.95) or 0.0, p99_seconds=nearest_rank(late, 0.99) or 0.0
    )

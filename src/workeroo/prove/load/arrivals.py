"""When do visits arrive?"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from workeroo.prove.load.product import Open

MIX = 1_000_003
"""A prime: keeps the chances of one seed's visits apart from another's."""


def chance_of(seed: int, number: int = 0) -> Random:
    """The same chance for the same visit of the same seed."""
    return Random(seed * MIX + number)  # noqa: S311 - it must be repeatable, not secret


def arrivals(shape: Open, chance: Random) -> Iterator[float]:
    """Seconds from the start of the load, in order.

    By chance as independent people come: the times between two are exponentially distributed. How
    many come in the whole time is then by chance too.
    """
    if shape.trace_seconds:
        yield from sorted(shape.trace_seconds)
    elif shape.visits_per_second <= 0:
        return
    elif shape.arrivals == "even":
        for number in range(round(shape.visits_per_second * shape.seconds)):
            yield number / shape.visits_per_second
    else:
        at = chance.expovariate(shape.visits_per_second)
        while at < shape.seconds:
            yield at
            at += chance.expovariate(shape.visits_per_second)


def thought_seconds(mean_seconds: float, chance: Random) -> float:
    """How long somebody thinks this time: exponentially distributed around nothing but its mean."""
    return chance.expovariate(1 / mean_seconds) if mean_seconds > 0 else 0.0

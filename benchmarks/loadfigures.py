"""What did a run of load.py find, in figures?"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from loadpeer import Seen

from workeroo.prove.load.figures import nearest_rank
from workeroo.prove.load.honesty import BUSY_SHARE
from workeroo.prove.load.product import Load, Open

GOAL_PER_SECOND = 2000
GOAL_SHARE = 0.05
"""What is promised: so many requests a second from one core, times that agree so well."""

HELD_SHARE = 0.98
"""Of what was asked, arriving by chance, that must have been answered."""

QUANTILES = ("p50", "p95", "p99")


class Held(NamedTuple):
    """What came of one rate."""

    shape: str
    asked_per_second: float
    answered_per_second: float
    failed: int
    cpu_share: float
    waited_share: float
    lag_p99_seconds: float
    p50_seconds: float
    doubts: list[str]

    @classmethod
    def of(cls, asked: float, load: Load) -> Held:
        """Of a whole load."""
        return cls(
            "open" if isinstance(load.shape, Open) else "users",
            # Users do not arrive while they wait: what they ask is what they get to ask.
            load.offered_per_second if isinstance(load.shape, Open) else asked,
            load.answered_per_second, load.all_requests.failed, load.generator_cpu_share,
            load.generator_waited_share, load.lag_seconds_p99,
            load.all_requests.p50_seconds or 0.0, load.doubts,
        )  # fmt: skip

    @property
    def is_held(self) -> bool:
        """Whether the generator kept up and had a share of its core to spare."""
        return (
            not self.failed
            and self.answered_per_second >= HELD_SHARE * self.asked_per_second
            and self.cpu_share <= BUSY_SHARE
        )

    @property
    def cpu_micros(self) -> float:
        """Processor time for one request."""
        return self.cpu_share / self.answered_per_second * 1e6


class Told(NamedTuple):
    """What a generator tells of a stretch of time."""

    count: int
    failed: int
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, some: Sequence[Seen]) -> Told:
        """By nearest rank, of what did not fail."""
        times = sorted(one.seconds for one in some if not one.failed)
        p50, p95, p99 = (nearest_rank(times, share) or 0.0 for share in (0.5, 0.95, 0.99))
        return cls(len(times), len(some) - len(times), p50, p95, p99)


class Pair(NamedTuple):
    """What Workeroo and the other tell of the same stretch."""

    ours: Told
    theirs: Told


class Compared(NamedTuple):
    """All that Workeroo and Tsung told of the same servers.

    Attributes:
        peer: version of Tsung.
        known, waited: pairs on the server whose times are known, and what it let either wait.
        still, stood: the same of the one that stands still now and then.
        patient: what users who wait for their answers see of that one.
        real: pairs on the lab's Odoo.
        odoo: its version.
    """

    peer: str
    known: list[Pair]
    waited: list[Pair]
    still: list[Pair]
    stood: list[Pair]
    patient: Told
    real: list[Pair]
    odoo: str


class Results(NamedTuple):
    """All of a run.

    Attributes:
        load: of the machine before it.
        held: by rate.
        nice: what the rates were measured with.
        compared: None where Tsung is not installed.
    """

    load: float
    held: list[Held]
    nice: int
    compared: Compared | None


class Ratio(NamedTuple):
    """One figure of two tellers: medians over the rounds, and the median of the rounds' ratios."""

    name: str
    one: float
    other: float
    ratio: float

    @property
    def agrees(self) -> bool:
        """Whether they are as near as promised."""
        return abs(self.ratio - 1) <= GOAL_SHARE


def ratios(pairs: Iterable[tuple[Told, Told]], names: Sequence[str] = QUANTILES) -> list[Ratio]:
    """For each quantile, the first against the second."""
    some = list(pairs)
    found = []
    for name in names:
        ones = [getattr(one, name) for one, _ in some]
        others = [getattr(other, name) for _, other in some]
        each = [one / other for one, other in zip(ones, others, strict=True)]
        median = statistics.median
        found.append(Ratio(name, median(ones), median(others), median(each)))
    return found


def comparisons(compared: Compared) -> dict[str, list[Ratio]]:
    """All that is compared, by its heading."""
    found = {}
    for kind, told, true, names in (
        ("known times", compared.known, compared.waited, QUANTILES),
        # Nine of ten are answered at once: their time is the generator's and nobody else's.
        ("stalls", compared.still, compared.stood, QUANTILES[1:]),
    ):
        both = list(zip(told, true, strict=True))
        if kind != "stalls":  # who meets one is by chance, other for either
            found[f"{kind}: workeroo, and Tsung"] = ratios(told, names)
        found[f"{kind}: workeroo, and what the server let it wait"] = ratios(
            [(seen.ours, real.ours) for seen, real in both], names
        )
        found[f"{kind}: Tsung, and what the server let it wait"] = ratios(
            [(seen.theirs, real.theirs) for seen, real in both], names
        )
    found["Odoo: workeroo, and Tsung"] = ratios(compared.real)
    return found

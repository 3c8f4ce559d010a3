"""Where may the knee lie, after these trials? Every possible knee is weighed by all of them.

Near the knee the logarithm of the share over the target grows in a straight line with the rate, as
the tail of the time in a queue does (exactly so in M/M/1: exp(-(capacity - rate) x target)). How
steep that line is differs from server to server, and so does the share that is over the target
without any queue: both are found beside the knee. A trial far above the knee only says that the
knee is lower.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from workeroo.prove.knee.judge import HOPELESS_SHARE
from workeroo.prove.knee.product import SHARE_OVER, Trial

Numbers = NDArray[np.float64]

STEPS = 300
"""Rates that are weighed, at equal distances of their logarithms."""

STEEP = np.geomspace(1.0, 150.0, 16)
"""How many times e the share grows while the rate doubles: from a server whose requests alone take
nearly the target to one that falls from idle to hopeless within a per cent."""

ALONE = np.linspace(0.0, 0.9, 6) * SHARE_OVER
"""The share over the target without any queue; from 5 % on there is no knee."""

MOST_SHARE = 0.98

TRUST = 0.5
"""What a trial counts for. It begins with an empty queue and ends before the longest queue came, so
it tells less than its independent requests would; with this the interval holds what it says, over
the servers of tests/prove/knee/test_search.py."""


class Belief(msgspec.Struct, frozen=True):
    """Weights of possible knees, adding up to 1.

    Attributes:
        rates: per second, rising.
        weights: of each of them.
    """

    rates: list[float]
    weights: list[float]

    def quantile(self, share: float) -> float:
        """The rate below which the knee lies with this probability."""
        place = int(np.searchsorted(np.cumsum(self.weights), share))
        return self.rates[min(place, len(self.rates) - 1)]

    def interval(self, confidence: float) -> tuple[float, float]:
        """Where the knee lies with this probability, as much left out below as above."""
        left_out = (1 - confidence) / 2
        return self.quantile(left_out), self.quantile(1 - left_out)


def believe(trials: Sequence[Trial], low: float, high: float) -> Belief:
    """What all trials together say of knees from `low` to `high`."""
    counting = [trial for trial in trials if not trial.repeated]
    told = [trial for trial in counting if trial.requests]
    rates = np.geomspace(low, high, STEPS)
    logs = sum((_log_chance(trial, rates) for trial in told), np.zeros((STEPS, 1, 1)))
    weights = np.exp(logs - logs.max()).sum(axis=(1, 2))
    missed = [trial.rate for trial in counting if trial.outcome == "missed"]
    ceiling = min(missed, default=math.inf)
    weights[rates >= ceiling] = 0.0  # no knee at or above a rate that clearly missed the target
    if not weights.any():
        weights[0] = 1.0
    return Belief(rates.tolist(), (weights / weights.sum()).tolist())


def _log_chance(trial: Trial, knees: Numbers) -> Numbers:
    """How well each knee, with each steepness and each share alone, explains a trial."""
    times_the_knee = (trial.rate / knees)[:, None, None]
    exponent = np.minimum(STEEP[None, :, None] * (times_the_knee - 1), math.log(1 / SHARE_OVER))
    alone = ALONE[None, None, :]
    share = np.minimum(MOST_SHARE, alone + (SHARE_OVER - alone) * np.exp(exponent))
    seen = trial.share_over
    if trial.stopped is not None or seen > HOPELESS_SHARE:
        share = np.minimum(share, max(seen, HOPELESS_SHARE))
    hits = seen * trial.independent
    log: Numbers = hits * np.log(share) + (trial.independent - hits) * np.log1p(-share)
    return TRUST * log

"""Servers of which the knee is known: queues in virtual time, as the search would load them."""

from __future__ import annotations

import functools
import heapq
import math
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from workeroo.prove.knee.product import SHARE_OVER, Bounds, Knee, Tried, Try
from workeroo.prove.knee.search import Search, search
from workeroo.prove.knee.watch import Moment, hopeless
from workeroo.prove.load.product import Shot

Numbers = NDArray[np.float64]

LOOK_SECONDS = 1.0
"""How often somebody looks at a trial that goes on."""


def _lognormal(mean: float, count: int, chance: np.random.Generator) -> Numbers:
    return chance.lognormal(math.log(mean) - 0.5, 1.0, count)


def _mixed(mean: float, count: int, chance: np.random.Generator) -> Numbers:
    """Mostly short ones, some that wait, a few heavy ones."""
    return mean * chance.choice([0.5, 1.5, 5.5], count, p=[0.7, 0.25, 0.05])


SHAPES: dict[str, Callable[[float, int, np.random.Generator], Numbers]] = {
    "exponential": lambda mean, count, chance: chance.exponential(mean, count),
    "constant": lambda mean, count, _: np.full(count, mean),
    "lognormal": _lognormal,
    "mixed": _mixed,
}


class Queue(msgspec.Struct, frozen=True):
    """So many workers, first come first served: M/G/c.

    Attributes:
        fails_from: the rate from which one request in fifty fails; None for never.
    """

    shape: str
    mean_seconds: float
    workers: int
    fails_from: float | None = None

    def answers(
        self, rate: float, seconds: float, chance: np.random.Generator
    ) -> tuple[Numbers, Numbers]:
        """When requests are due and when they are answered."""
        count = int(chance.poisson(rate * seconds))
        due = np.sort(chance.uniform(0, seconds, count))
        work = SHAPES[self.shape](self.mean_seconds, count, chance)
        free = [0.0] * self.workers
        ended = np.empty(count)
        for number, (at, takes) in enumerate(zip(due.tolist(), work.tolist(), strict=True)):
            ended[number] = max(at, free[0]) + takes
            heapq.heapreplace(free, float(ended[number]))
        return due, ended

    @functools.cache  # noqa: B019 - a test's servers are few, and are asked again
    def knee(self, target_seconds: float, requests: int = 60_000) -> float:
        """The exact one, by long runs with the same arrivals."""
        low, high = 0.0, self.workers / self.mean_seconds
        for _ in range(11):
            rate = (low + high) / 2
            chance = np.random.default_rng(0)
            due, ended = self.answers(rate, requests / rate, chance)
            over = ((ended - due) > target_seconds)[requests // 20 :].mean()
            low, high = (rate, high) if over <= SHARE_OVER else (low, rate)
        return low

    def tried(self, asked: Try, target_seconds: float, chance: np.random.Generator) -> Tried:
        """A trial, watched as a real one."""
        due, ended = self.answers(asked.rate, asked.seconds, chance)
        cut: float | None = None
        for now in np.arange(asked.warm_up_seconds, asked.seconds, LOOK_SECONDS):
            known = (due >= asked.warm_up_seconds) & (ended <= now)
            over = (ended - due > target_seconds)[known]
            waiting = int(((due <= now) & (ended > now)).sum())
            moment = Moment(
                over.tolist(), in_flight=waiting, due_in_target=asked.rate * target_seconds
            )
            if hopeless(moment) is not None:
                cut = float(now)
                break
        if cut is not None:
            due, ended = due[due <= cut], ended[due <= cut]
        fails = self.fails_from is not None and asked.rate >= self.fails_from
        shots = [
            Shot(
                journey="page", name="page", due_seconds=begun, sent_seconds=begun,
                ended_seconds=until, cold=begun < asked.warm_up_seconds,
                failed="no answer" if fails and number % 50 == 0 else None,
            )
            for number, (begun, until) in enumerate(zip(due.tolist(), ended.tolist(), strict=True))
        ]  # fmt: skip
        idle = max(float(ended.max()) if len(ended) else 0.0, cut or asked.seconds)
        return Tried(shots=shots, seconds=idle, stopped="hopeless" if cut is not None else None)


def _sent(going: Search, tried: Tried) -> tuple[Try | None, Knee | None]:
    try:
        return going.send(tried), None
    except StopIteration as end:
        return None, end.value


Find = Callable[..., Knee]


@pytest.fixture(scope="session")
def find() -> Find:
    """The knee of a simulated server, found by its trials."""

    def find_it(queue: Queue, seed: int, bounds: Bounds | None = None) -> Knee:
        within = bounds or Bounds()
        chance = np.random.default_rng(seed)
        going = search(within)
        asked: Try | None = next(going)
        knee: Knee | None = None
        while asked is not None:
            asked, knee = _sent(going, queue.tried(asked, within.target_seconds, chance))
        assert knee is not None
        return knee

    return find_it


@pytest.fixture(scope="session")
def queue_of() -> Callable[..., Queue]:
    """A simulated server."""
    return Queue

"""Do visits arrive as the shape has it?"""

from __future__ import annotations

import statistics
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workeroo.prove.load.arrivals import arrivals, chance_of, thought_seconds
from workeroo.prove.load.product import Arrivals, Open

RATES = st.floats(0.1, 200.0)
TIMES = st.floats(0.1, 20.0)
KINDS: st.SearchStrategy[Arrivals] = st.sampled_from(["poisson", "even"])
SEEDS = st.integers(0, 1_000_000)


def times(shape: Open, seed: int = 1) -> list[float]:
    return list(arrivals(shape, chance_of(seed)))


@given(RATES, TIMES, KINDS, SEEDS)
def test_arrivals_come_in_order_and_within_the_time(
    rate: float, seconds: float, kind: Arrivals, seed: int
) -> None:
    found = times(Open(visits_per_second=rate, seconds=seconds, arrivals=kind), seed)
    assert found == sorted(found)
    assert all(0 <= at <= seconds for at in found)


@given(RATES, TIMES, SEEDS)
def test_the_same_seed_gives_the_same_arrivals_and_another_seed_others(
    rate: float, seconds: float, seed: int
) -> None:
    shape = Open(visits_per_second=rate, seconds=seconds)
    assert times(shape, seed) == times(shape, seed)
    if times(shape, seed):
        assert times(shape, seed) != times(shape, seed + 1)


@given(RATES, st.integers(1, 50))
def test_a_longer_load_begins_as_the_shorter_one(rate: float, seconds: int) -> None:
    short = times(Open(visits_per_second=rate, seconds=seconds))
    long = times(Open(visits_per_second=rate, seconds=seconds + 10))
    assert long[: len(short)] == short


@given(st.integers(1, 500), st.integers(1, 20))
def test_even_arrivals_are_as_many_as_asked_and_equally_far_apart(rate: int, seconds: int) -> None:
    found = times(Open(visits_per_second=rate, seconds=seconds, arrivals="even"))
    assert len(found) == rate * seconds
    assert all(abs(b - a - 1 / rate) < 1e-9 for a, b in pairwise(found))


def test_by_chance_the_mean_is_as_asked_and_gaps_are_as_wide_as_their_mean() -> None:
    found = times(Open(visits_per_second=100.0, seconds=200.0))
    gaps = [b - a for a, b in pairwise(found)]
    # 20 000 gaps: means and deviations of exponential gaps are within 3 % (4 sigma).
    assert abs(statistics.mean(gaps) * 100 - 1) < 0.03
    assert abs(statistics.stdev(gaps) * 100 - 1) < 0.03
    # No memory: a share 1/e of the gaps is longer than the mean.
    assert abs(sum(gap > 0.01 for gap in gaps) / len(gaps) - 0.3679) < 0.015


def test_a_trace_is_followed_in_its_order_in_time() -> None:
    assert times(Open(trace_seconds=(0.5, 0.1, 0.1), visits_per_second=9, seconds=9)) == [
        0.1, 0.1, 0.5,
    ]  # fmt: skip


def test_no_rate_gives_no_arrivals() -> None:
    assert times(Open(seconds=10.0)) == []


def test_users_think_by_chance_around_the_mean_and_not_at_all_where_it_is_0() -> None:
    chance = chance_of(3)
    thoughts = [thought_seconds(10.0, chance) for _ in range(20_000)]
    assert abs(statistics.mean(thoughts) - 10) < 0.3
    assert thought_seconds(0.0, chance) == 0.0

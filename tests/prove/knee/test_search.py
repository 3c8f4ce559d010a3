"""Is the knee that is found the knee? On simulated servers of which it is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workeroo.prove.knee.product import CONFIDENCE, Bounds, Knee
from workeroo.prove.knee.search import search

Find = Callable[..., Knee]
QueueOf = Callable[..., Any]

SEEDS = range(5)

QUICK = [
    ("exponential", 0.2, 4), ("exponential", 0.05, 2), ("exponential", 0.1, 8),
    ("exponential", 0.02, 4), ("constant", 0.2, 2), ("constant", 0.2, 4), ("constant", 0.05, 2),
    ("constant", 0.02, 4), ("lognormal", 0.05, 2), ("lognormal", 0.1, 8), ("lognormal", 0.02, 4),
    ("mixed", 0.05, 2), ("mixed", 0.1, 8), ("mixed", 0.02, 4),
]  # fmt: skip
"""Servers whose requests alone are well below a target of one second, as pages should be."""

SLOW = [("exponential", 0.2, 2), ("constant", 0.3, 2), ("lognormal", 0.2, 4)]
"""Servers whose requests alone come near it: between fine and too slow lies a wide range of rates,
and no search of ten minutes finds the place in it within a few per cent."""


def test_the_knee_is_found_within_a_tenth_on_nearly_every_server(
    find: Find, queue_of: QueueOf
) -> None:
    ratios = []
    for server in QUICK:
        queue = queue_of(*server)
        exact = queue.knee(1.0)
        ratios += [(find(queue, seed).rate or 0.0) / exact for seed in SEEDS]

    near = [ratio for ratio in ratios if abs(ratio - 1) <= 0.1]
    assert len(near) >= 0.95 * len(ratios)


def test_the_interval_holds_the_knee_as_often_as_it_says(find: Find, queue_of: QueueOf) -> None:
    held = []
    for server in QUICK + SLOW:
        queue = queue_of(*server)
        exact = queue.knee(1.0)
        for seed in SEEDS:
            knee = find(queue, seed + 100)
            assert knee.low_rate is not None
            assert knee.high_rate is not None
            held.append(knee.low_rate <= exact <= knee.high_rate)

    assert sum(held) >= CONFIDENCE * len(held)


@settings(max_examples=25)
@example(server=("lognormal", 0.25, 1), seed=1, total_seconds=200.0)  # missed before one ended
@given(
    server=st.tuples(
        st.sampled_from(["exponential", "constant", "lognormal", "mixed"]),
        st.floats(0.02, 0.6),
        st.integers(1, 6),
    ),
    seed=st.integers(0, 1000),
    total_seconds=st.sampled_from([60.0, 200.0, 600.0]),
)
def test_it_never_reports_a_rate_that_clearly_failed_and_keeps_its_bounds(
    find: Find,
    queue_of: QueueOf,
    *,
    server: tuple[str, float, int],
    seed: int,
    total_seconds: float,
) -> None:
    bounds = Bounds(total_seconds=total_seconds, most_rate=400.0, most_requests=20_000)

    knee = find(queue_of(*server), seed, bounds)

    missed = [t.rate for t in knee.trials if t.outcome == "missed" and not t.repeated]
    if knee.rate is not None:
        assert knee.low_rate is not None
        assert knee.high_rate is not None
        assert knee.low_rate <= knee.rate <= knee.high_rate
        assert knee.rate < min(missed)
        assert knee.high_rate <= min(missed)
    assert len(knee.trials) <= bounds.most_trials
    assert sum(t.requests for t in knee.trials) <= 1.2 * bounds.most_requests
    assert max((t.rate for t in knee.trials), default=0.0) <= bounds.most_rate


def test_a_rate_at_which_requests_fail_is_above_the_knee_however_quick_the_others_are(
    find: Find, queue_of: QueueOf
) -> None:
    knee = find(queue_of("constant", 0.02, 4, 60.0), 1)

    assert knee.found == "found"
    assert knee.rate is not None
    assert knee.rate == pytest.approx(60, rel=0.1)


def test_a_page_that_alone_is_too_slow_has_no_knee(find: Find, queue_of: QueueOf) -> None:
    knee = find(queue_of("constant", 1.5, 8), 1, Bounds(least_rate=0.2))

    assert (knee.found, knee.rate) == ("below", None)


def test_where_the_generator_may_not_go_higher_the_knee_lies_above(
    find: Find, queue_of: QueueOf
) -> None:
    knee = find(queue_of("constant", 0.01, 8), 1, Bounds(most_rate=50.0))

    assert (knee.found, knee.rate, knee.high_rate) == ("above", None, None)
    assert knee.low_rate == 50.0


@pytest.mark.parametrize("seed", SEEDS)
def test_every_trial_begins_with_an_idle_server_and_counts_without_its_warm_up(
    find: Find, queue_of: QueueOf, seed: int
) -> None:
    knee = find(queue_of("constant", 0.05, 2), seed, Bounds(total_seconds=120))

    assert all(trial.requests < trial.rate * trial.seconds * 1.5 + 20 for trial in knee.trials)
    assert knee.seconds <= 120 + 60


def test_a_trial_that_a_neighbour_spoilt_is_made_again_and_does_not_keep_the_knee_down(
    queue_of: QueueOf,
) -> None:
    queue, chance = queue_of("constant", 0.05, 2), np.random.default_rng(1)
    going = search(Bounds(total_seconds=900), start_rate=4.0)
    asked, spoilt, knee = next(going), 0.0, None
    while knee is None:
        tried = queue.tried(asked, 1.0, chance)
        if not asked.short and not spoilt:
            spoilt = asked.rate
            tried = msgspec.structs.replace(tried, stopped="a backup was at work")
        try:
            asked = going.send(tried)
        except StopIteration as end:
            knee = end.value

    assert spoilt < 0.95 * queue.knee(1.0)
    assert [trial.repeated for trial in knee.trials if trial.rate == spoilt] == [True, False]
    assert knee.rate == pytest.approx(queue.knee(1.0), rel=0.1)

"""Are the figures those that the shots give?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.prove.load import figures
from workeroo.prove.load.product import Open, Shot

SECONDS = st.floats(0.0, 1000.0, allow_nan=False)


def shot(due: float = 0.0, ended: float = 1.0, failed: str | None = None, **more: object) -> Shot:
    told = {"journey": "walk", "name": "page", "sent_seconds": due, **more}
    return Shot(due_seconds=due, ended_seconds=ended, failed=failed, **told)  # type: ignore[arg-type]


@given(st.lists(SECONDS, min_size=1), st.sampled_from([0.01, 0.5, 0.9, 0.95, 0.99, 1.0]))
def test_a_quantile_is_the_one_that_numpy_finds_by_nearest_rank(
    times: list[float], share: float
) -> None:
    theirs = np.quantile(times, share, method="inverted_cdf")
    assert figures.nearest_rank(sorted(times), share) == theirs


def test_no_quantile_of_nothing() -> None:
    assert figures.nearest_rank([], 0.5) is None


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (19, 19), (20, 19), (100, 95), (101, 96)])
def test_p95_is_not_moved_by_how_a_computer_writes_a_share(count: int, rank: int) -> None:
    assert figures.nearest_rank(list(range(1, count + 1)), 0.95) == rank


def test_times_count_from_when_a_request_was_due_and_failures_have_none() -> None:
    shots = [
        shot(due=1.0, sent_seconds=1.5, ended=2.0),
        shot(due=1.0, ended=4.0),
        shot(failed="answered 500"),
    ]
    it = figures.latency(shots)
    assert (it.count, it.failed) == (2, 1)
    assert (it.p50_seconds, it.max_seconds, it.mean_seconds) == (1.0, 3.0, 2.0)


def test_figures_of_nothing_are_unknown_not_zero() -> None:
    it = figures.latency([])
    assert (it.count, it.p95_seconds, it.mean_seconds) == (0, None, None)


@given(st.lists(st.tuples(SECONDS, SECONDS, st.booleans())))
def test_every_shot_is_counted_once_in_all_and_once_by_request(
    some: list[tuple[float, float, bool]],
) -> None:
    shots = [
        shot(due=due, ended=due + took, failed="no" if bad else None, name=f"page {number % 3}")
        for number, (due, took, bad) in enumerate(some)
    ]
    everything, each = figures.latency(shots), figures.by_request(shots)
    assert everything.count + everything.failed == len(shots)
    assert sum(it.count for it in each.values()) == everything.count
    assert sum(figures.failures(shots).values()) == everything.failed


def test_rates_leave_out_what_was_due_in_the_warm_up() -> None:
    shots = [shot(due=at, ended=at + 0.1) for at in range(10)]
    assert figures.rates(shots, (5.0, 10.0)) == (1.0, 1.0)


def test_a_server_that_falls_behind_is_seen_to_answer_less_than_is_asked() -> None:
    shots = [shot(due=at / 2, ended=1.0 + at) for at in range(20)]
    offered, answered = figures.rates(shots, (0.0, 10.0))
    assert offered == pytest.approx(2.0)
    assert answered == pytest.approx(0.9)


def test_there_is_no_rate_without_time() -> None:
    assert figures.rates([shot()], (3.0, 3.0)) == (0.0, 0.0)


@given(st.lists(SECONDS, min_size=1))
def test_lag_is_how_late_requests_were_sent(lags: list[float]) -> None:
    shots = [shot(due=0.0, sent_seconds=lag) for lag in lags]
    rank = math.ceil(round(0.99 * len(lags), 9))
    assert figures.lag_of(shots).p99_seconds == sorted(lags)[rank - 1]
    assert figures.lag_of([]).p95_seconds == 0.0


def test_a_trace_lasts_until_its_last_arrival() -> None:
    assert figures.shape_seconds(Open(trace_seconds=(1.0, 7.5, 2.0))) == 7.5
    assert figures.shape_seconds(Open(visits_per_second=1, seconds=30)) == 30

"""Is a stress told so that somebody in trouble can act on it?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from workeroo.evidence import Evidence
from workeroo.prove.knee.product import Knee, Trial
from workeroo.prove.load.product import Latency, Load, Open
from workeroo.prove.stressed import Binding, Share, Stressed
from workeroo.report.paint import Paint
from workeroo.report.stress_text import stress_text


def trial(rate: float, **changed: Any) -> Trial:  # noqa: ANN401 - of many types
    given: dict[str, Any] = {
        "seconds": 75.0, "requests": 500, "over": 2, "failed": 0, "independent": 300.0,
        "p50_seconds": 0.2, "p95_seconds": 0.4, "outcome": "held", "why": "to come closer",
    }  # fmt: skip
    return Trial(rate=rate, **(given | changed))


TIMES = Latency(count=500, failed=0, p50_seconds=0.2, p95_seconds=0.4, p99_seconds=0.7)

STRESSED = Stressed(
    target="http://127.0.0.1:8069",
    addresses=["127.0.0.1"],
    outcome="found",
    said="the knee is at 8.4 visits/s",
    target_seconds=1.0,
    mix=[Share(journey="page", does="asks for /shop", share=1.0, why="as you said")],
    requests_per_visit=1.0,
    knee=Knee(
        found="found",
        rate=8.4,
        low_rate=7.0,
        high_rate=10.0,
        target_seconds=1.0,
        trials=[
            trial(8.0),
            trial(10.0, outcome="missed", stopped="90% of the last 20 requests were over"),
            trial(5.0, outcome="missed", repeated=True),
        ],
        seconds=300.0,
        ended="the time is over (300 s)",
    ),
    load=Load(
        shape=Open(visits_per_second=8.0, seconds=75.0),
        seconds=75.0,
        offered_per_second=8.0,
        answered_per_second=8.0,
        all_requests=TIMES,
        by_request={"page: /shop": TIMES},
        failures={},
        lag_seconds_p99=0.001,
        generator_cpu_share=0.05,
    ),
    binds=Binding(
        what="workers",
        evidence=[Evidence("measured", "no worker was idle in 30 of 30 looks")],
        cure="raise workers",
    ),
    failures={"answered 502": 3},
    leaves=["shop-visitor: a cart"],
    seed=1,
    seconds=300.0,
)


def told(**changed: Any) -> str:  # noqa: ANN401 - of many types
    return stress_text(msgspec.structs.replace(STRESSED, **changed), Paint())


def test_the_knee_comes_first_then_what_binds_and_what_to_do() -> None:
    lines = told().splitlines()

    assert lines[:2] == ["Knee found: http://127.0.0.1:8069.", "  The knee is at 8.4 visits/s."]
    assert "What binds first: workers" in lines
    assert lines.index("> raise workers") < lines.index("Trials")


def test_a_wide_interval_asks_for_more_time() -> None:
    assert "More time, with --seconds, tells the knee more closely." in " ".join(told().split())


def test_trials_that_missed_and_those_set_aside_are_told_apart() -> None:
    text = told()

    assert "missed: 90% of the last 20 requests were over" in text
    assert "missed; set aside, the same again went otherwise" in text


@pytest.mark.parametrize("piece", ["3 requests failed: answered 502.", "shop-visitor: a cart"])
def test_failures_and_what_is_left_are_told(piece: str) -> None:
    assert piece in told()


def test_nothing_of_a_server_reaches_the_terminal_raw() -> None:
    assert "\x1b" not in told(failures={"\x1b[2J": 1})

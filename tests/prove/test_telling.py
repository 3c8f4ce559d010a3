"""What do the trials of a stress come to?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from workeroo.evidence import Unknown
from workeroo.facts.pulse import HostPulse, Pulse, Worker
from workeroo.prove.knee.product import Knee, Trial, Tried, Try
from workeroo.prove.load.product import Latency, Load, Open, Shot
from workeroo.prove.mix import asked_mix
from workeroo.prove.stressed import Binding, Stressed
from workeroo.prove.telling import Trials, told
from workeroo.prove.trial import Done

MIX = asked_mix(["/shop"], [], {})

FRAME = Stressed(
    target="http://127.0.0.1:8069", addresses=["127.0.0.1"], outcome="could not tell", said="",
    target_seconds=1.0, mix=MIX.shares, seed=1, seconds=10.0,
    binds=Unknown("no load was too much, so nothing ran out"),
)  # fmt: skip


def trial(rate: float, outcome: Any = "held", **changed: Any) -> Trial:  # noqa: ANN401 - of many types
    given: dict[str, Any] = {
        "seconds": 60.0, "requests": 100, "over": 0, "failed": 0, "independent": 100.0,
        "p50_seconds": 0.1, "p95_seconds": 0.2, "why": "to come closer",
    }  # fmt: skip
    return Trial(rate=rate, outcome=outcome, **(given | changed))


def pulses(busy: int) -> list[Pulse]:
    """Ten looks at four workers, so many of them busy."""
    workers = tuple(
        Worker(pid=n, start_ticks=1, part="http worker", state="busy" if n < busy else "idle")
        for n in range(4)
    )
    host = HostPulse(
        cores=2, busy_seconds=0, memory_available_bytes=2**32, memory_limit_bytes=2**33
    )
    return [
        Pulse(
            at_seconds=float(second), master_pid=9, master_start_ticks=1, port=8069, waiting=5,
            workers=workers, host=host,
        )
        for second in range(10)
    ]  # fmt: skip


def done(
    rate: float, *, busy: int = 4, cpu_share: float = 0.1, doubts: list[str] | None = None
) -> Done:
    times = Latency(count=1, failed=0)
    load = Load(
        shape=Open(visits_per_second=rate, seconds=60.0), seconds=60.0, offered_per_second=rate,
        answered_per_second=rate, all_requests=times, by_request={}, failures={},
        lag_seconds_p99=0.0, generator_cpu_share=cpu_share,
    )  # fmt: skip
    shots = [Shot(journey="page", name="/shop", due_seconds=0, sent_seconds=0, ended_seconds=0.1)]
    return Done(
        asked=Try(rate=rate, seconds=60.0, warm_up_seconds=12.0, why=""),
        load=load,
        tried=Tried(shots=shots, seconds=60.0, doubts=doubts or []),
        pulses=pulses(busy),
    )


def knee(*trials: Trial, found: Any = "found", rate: float | None = 8.0) -> Knee:  # noqa: ANN401 - a literal
    return Knee(
        found=found, rate=rate, low_rate=7.0, high_rate=9.0, target_seconds=1.0,
        trials=list(trials), seconds=300.0, ended="the time is over",
    )  # fmt: skip


def test_a_found_knee_is_said_with_its_interval_and_the_load_held_last() -> None:
    seen = Trials(
        done=[done(4.0), done(8.0), done(16.0)],
        knee=knee(trial(4.0), trial(8.0), trial(16.0, "missed")),
    )

    stressed = told(MIX, seen, FRAME)

    assert stressed.outcome == "found"
    assert "8 visits/s" in stressed.said
    assert "90% confidence it lies between 7 and 9" in stressed.said
    assert stressed.load == seen.done[1].load
    assert stressed.requests_per_visit == 1.0


def test_what_binds_is_seen_at_the_lowest_rate_that_was_too_much() -> None:
    seen = Trials(
        done=[done(32.0, busy=0), done(16.0, busy=4), done(8.0, busy=0)],
        knee=knee(trial(32.0, "missed"), trial(16.0, "missed"), trial(8.0)),
    )

    binds = told(MIX, seen, FRAME).binds

    assert isinstance(binds, Binding)
    assert binds.what == "workers"


def test_a_miss_that_was_set_aside_says_nothing_of_what_binds() -> None:
    seen = Trials(
        done=[done(8.0)], knee=knee(trial(8.0, "missed", repeated=True), trial(8.0)),
    )  # fmt: skip

    assert told(MIX, seen, FRAME).binds == FRAME.binds


def test_a_generator_at_its_own_end_could_not_tell() -> None:
    worn = done(16.0, cpu_share=0.97, doubts=["the load generator was busy 97% of one core"])
    seen = Trials(done=[done(8.0), worn], knee=knee(trial(8.0), trial(16.0, "missed")))

    stressed = told(MIX, seen, FRAME)

    assert stressed.outcome == "could not tell"
    assert "its own end" in stressed.said
    assert stressed.doubts


@pytest.mark.parametrize(
    ("found", "outcome", "said"),
    [
        ("above", "could not tell", "the knee is above 7 visits/s"),
        ("below", "missed", "no rate is held: at 9 visits/s"),
        ("could not tell", "could not tell", "the knee was not found: the time is over"),
    ],
)
def test_where_no_knee_was_found_it_is_said_on_which_side_it_lies(
    found: str, outcome: str, said: str
) -> None:
    stressed = told(MIX, Trials(done=[done(8.0)], knee=knee(found=found, rate=None)), FRAME)

    assert stressed.outcome == outcome
    assert said in stressed.said


@pytest.mark.parametrize("outcome", ["held", "missed"])
def test_a_load_that_was_given_is_judged_by_itself(outcome: str) -> None:
    stressed = told(MIX, Trials(done=[done(8.0)], hold=trial(8.0, outcome)), FRAME)

    assert stressed.outcome == outcome
    assert stressed.said.startswith("8 visits/s: p95 0.2 s of 100 requests, 0 failed")
    assert isinstance(stressed.binds, Binding) == (outcome == "missed")


def test_failures_of_all_trials_are_counted_by_their_reasons() -> None:
    bad = done(8.0)
    shots = [msgspec.structs.replace(shot, failed="answered 502") for shot in bad.tried.shots]
    bad = msgspec.structs.replace(bad, tried=msgspec.structs.replace(bad.tried, shots=shots))

    assert told(MIX, Trials(done=[bad, bad], hold=trial(8.0)), FRAME).failures == {
        "answered 502": 2
    }


def test_visits_to_several_pages_are_all_counted() -> None:
    mix = asked_mix(["/shop", "/contactus"], [], {})

    assert told(mix, Trials(done=[done(8.0)], hold=trial(8.0)), FRAME).requests_per_visit == 1.0

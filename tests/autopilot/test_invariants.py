"""Does any look or day make the autopilot do what it must never do?"""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.autopilot.looks import LETTERS, Day, workers

from workeroo.autopilot.decide import REFUSED
from workeroo.autopilot.invariants import broken
from workeroo.autopilot.product import Bounds, Step, Victim
from workeroo.autopilot.rehearsal import rehearse
from workeroo.autopilot.view import View
from workeroo.facts.pulse import HostPulse, Pulse
from workeroo.units import GIB, MIB

TRACES = 100
"""benchmarks/autopilot_traces.py plays 10,000."""

LOOKS = st.lists(
    st.tuples(
        st.text(alphabet=list(LETTERS), max_size=8),
        st.integers(0, 30),
        st.floats(0, 4),
        st.integers(0, 100),
    ),
    min_size=2,
    max_size=60,
)


def test_no_random_day_breaks_an_invariant() -> None:
    days = [rehearse(seed) for seed in range(TRACES)]

    assert [day for day in days if day.broken] == []
    assert sum(day.lost for day in days) == 0
    assert all(
        sum(getattr(day, deed) for day in days) > 5 for deed in ("grown", "shrunk", "retired")
    )


def test_a_seed_is_one_day() -> None:
    assert rehearse(7) == rehearse(7)


@given(LOOKS, st.integers(1, 4), st.integers(0, 6), st.sampled_from([None, 100 * MIB]))
def test_no_sequence_of_looks_breaks_an_invariant(
    looks: list[tuple[str, int, float, int]], floor: int, room: int, limit: int | None
) -> None:
    day = Day(Bounds(floor=floor, ceiling=floor + room, worker_pss_limit_bytes=limit))
    for letters, waiting, used, percent in looks:
        day.available = day.memory * percent // 100
        step, entry = day.step(letters, waiting, used)

        assert entry.rule != REFUSED, entry.sentence
        if step.kind != "hold":
            day.done(step)


def view(letters: str = "bi", **changes: object) -> View:
    day = Day()
    day.look(letters)
    host = HostPulse(
        cores=2, busy_seconds=0, memory_available_bytes=4 * GIB, memory_limit_bytes=8 * GIB
    )
    pulse = Pulse(
        at_seconds=day.now + 1, master_pid=1000, master_start_ticks=1, port=8069,
        workers=workers(letters), waiting=0, host=host,
    )  # fmt: skip
    return View(day.state, msgspec.structs.replace(pulse, **changes), day.bounds)


def test_a_busy_worker_is_never_named() -> None:
    step = Step(kind="shrink", count=1, victim=Victim(1, 1))

    assert "no idle worker" in str(broken(view("biii"), step))


def test_an_idle_worker_of_another_birth_is_never_named() -> None:
    step = Step(kind="retire", count=1, victim=Victim(2, 99))

    assert "no idle worker" in str(broken(view("biii"), step))


def test_the_floor_and_the_ceiling_are_kept_whatever_a_rule_says() -> None:
    down = Step(kind="shrink", count=1, victim=Victim(2, 2))
    up = Step(kind="grow", rule="shortage_up", count=11)

    assert "below the floor" in str(broken(view("bi"), down))
    assert "above the ceiling" in str(broken(view("bi"), up))
    assert broken(view("bi"), Step(kind="grow", rule="shortage_up", count=10)) is None


def test_several_workers_never_leave_at_once() -> None:
    step = Step(kind="shrink", count=2, victim=Victim(2, 2))

    assert "no count for shrink" in str(broken(view("biii"), step))


def test_nobody_signals_a_stopped_master() -> None:
    step = Step(kind="grow", count=1)

    assert "stopped" in str(broken(view(master_stopped=True), step))

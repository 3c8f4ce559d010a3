"""Does the autopilot keep a server with little memory from what its own deeds would take of it?"""

from __future__ import annotations

import msgspec
import pytest
from tests.autopilot.looks import BOUNDS, SHARED_MIB, Day, workers

from workeroo.autopilot.bounds import windows_for
from workeroo.autopilot.invariants import nobody_leaves_without_memory_for_it
from workeroo.autopilot.product import Kind, Step, Victim
from workeroo.autopilot.view import View, ending_bytes
from workeroo.evidence import Unknown
from workeroo.units import GIB, MIB

QUICK = msgspec.structs.replace(BOUNDS, windows=windows_for(4))


def small(left_mib: int) -> Day:
    """A container with 600 MiB."""
    day = Day(memory=600 * MIB)
    day.available = left_mib * MIB
    return day


def test_nobody_is_sent_away_whose_end_takes_more_memory_than_is_left() -> None:
    day = small(SHARED_MIB - 1)

    assert day.lasting(10, "iiii") == []
    told = day.look("iiii").sentence
    assert "memory is low: 59 MiB of 600 MiB left" in told
    assert "its end takes up to 60 MiB and 59 MiB are left" in told


def test_in_a_small_container_the_brake_begins_while_two_can_still_leave() -> None:
    assert small(2 * SHARED_MIB + 1).lasting(10, "iiii") == []
    assert small(2 * SHARED_MIB - 1).lasting(10, "iiii")[0].rule == "memory_brake"


def test_in_a_large_one_it_begins_at_its_share() -> None:
    day = Day(memory=16 * GIB)
    day.available = day.memory * 8 // 100

    assert day.lasting(10, "iiii") == []


def test_no_worker_comes_that_could_not_leave_again() -> None:
    day = small(2 * SHARED_MIB - 1)

    assert day.lasting(5, "bb", waiting=9) == []
    assert "memory is low" in day.look("bb", waiting=9).sentence


def test_surplus_stays_too_where_its_end_would_take_what_is_left() -> None:
    day = Day(QUICK, memory=200 * MIB)
    day.available = 50 * MIB

    assert day.lasting(30, "iiiiii") == []


def test_where_it_is_not_known_what_a_worker_shares_all_of_it_counts() -> None:
    one = workers("i", pss_bytes=Unknown("not looked at yet"))[0]

    assert ending_bytes(one) == one.rss_bytes


@pytest.mark.parametrize("kind", ["shrink", "retire"])
def test_that_is_an_invariant_of_every_step_down(kind: Kind) -> None:
    day = small(SHARED_MIB - 1)
    day.look("ii")
    pulse = day.state.previous
    assert pulse is not None
    step = Step(kind=kind, count=1, victim=Victim(1, 1))

    assert nobody_leaves_without_memory_for_it(View(day.state, pulse, BOUNDS), step)

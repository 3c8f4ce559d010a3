"""Does a worker that somebody stopped count as one that serves?"""

from __future__ import annotations

import msgspec
from tests.autopilot.looks import BOUNDS, Day

from workeroo.autopilot.bounds import windows_for
from workeroo.units import GIB

QUICK = msgspec.structs.replace(BOUNDS, windows=windows_for(4))


def test_who_serves_is_no_surplus_beside_workers_that_are_stopped() -> None:
    day = Day(QUICK)

    assert day.lasting(20, "itt") == []
    assert day.lasting(20, "iitt") == []
    assert [step.kind for step in day.lasting(20, "iiitt")][:1] == ["shrink"]


def test_the_memory_brake_leaves_as_many_as_the_floor_that_serve() -> None:
    day = Day(QUICK)
    day.available = GIB // 2

    assert day.lasting(20, "iitttt") == []
    assert [step.rule for step in day.lasting(5, "iiitt")][:1] == ["memory_brake"]


def test_busy_cores_send_nobody_away_who_serves_while_others_are_stopped() -> None:
    day = Day(msgspec.structs.replace(QUICK, ceiling=40), cores=1)

    assert day.lasting(30, "ibtttt", used=1) == []


def test_connections_that_wait_behind_stopped_workers_bring_others() -> None:
    day = Day(QUICK)
    day.look("ttt")

    step = day.lasting(2, "ttt", waiting=2)[0]
    assert (step.kind, step.count) == ("grow", 2)


def test_they_come_even_where_others_keep_all_cores_busy() -> None:
    day = Day(QUICK, cores=2)
    day.look("ttt")

    assert [step.kind for step in day.lasting(3, "ttt", waiting=2, used=2)][:1] == ["grow"]


def test_a_server_without_any_worker_starts_and_gets_no_signal_whoever_waits() -> None:
    day = Day(QUICK)

    assert day.lasting(55, "", waiting=6) == []
    assert "no worker is there yet: the server starts" in day.look("", waiting=6).sentence


def test_the_journal_tells_of_stopped_workers() -> None:
    assert "3 workers, 0 busy, 1 idle, 2 stopped" in Day().look("itt").sentence

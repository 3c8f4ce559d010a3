"""When do workers come, how many at once, and what stops them?"""

from __future__ import annotations

import msgspec
from tests.autopilot.looks import BOUNDS, Day, locked, only, workers

from workeroo.units import GIB, MIB


def test_a_queue_without_an_idle_worker_brings_workers_after_a_second() -> None:
    day = Day()
    day.look("bbbbbbbb", used=3)

    assert day.lasting(0.8, "bbbbbbbb", waiting=3, used=3) == []
    step = only(day.lasting(0.4, "bbbbbbbb", waiting=3, used=3))
    assert (step.kind, step.rule, step.count) == ("grow", "shortage_up", 3)


def test_fewer_than_two_workers_a_core_are_doubled_at_the_second_look_where_as_many_wait() -> None:
    day = Day()
    day.look("bb", used=3)

    assert day.lasting(0.2, "bb", waiting=5, used=3) == []
    assert only(day.lasting(0.2, "bb", waiting=5, used=3)).count == 2


def test_a_queue_as_long_as_the_workers_are_many_on_free_cores_brings_all_at_the_second_look() -> (
    None
):
    day = Day()
    day.look("bb")

    assert day.lasting(0.2, "bb", waiting=5) == []
    step = only(day.lasting(0.2, "bb", waiting=5))
    assert (step.kind, step.rule, step.count) == ("grow", "shortage_up", 5)


def test_a_shorter_queue_on_free_cores_waits_for_the_second_to_be_over() -> None:
    day = Day()
    day.look("bbbb")

    assert day.lasting(0.8, "bbbb", waiting=3) == []
    assert only(day.lasting(0.4, "bbbb", waiting=3)).count == 3


def test_on_free_cores_the_next_ones_need_no_pause() -> None:
    day = Day()
    day.look("bb")
    day.done(only(day.lasting(0.4, "bb", waiting=5)))

    assert only(day.lasting(0.4, "bbbbbbb", waiting=7)).count == 5  # then the ceiling is reached


def test_no_more_come_than_wait() -> None:
    day = Day()
    day.look("bbbb")

    assert only(day.lasting(2, "bbbb", waiting=1)).count == 1


def test_the_number_doubles_while_the_shortage_lasts_on_cores_that_are_in_use() -> None:
    day = Day()
    day.look("bb", used=3)
    counts, letters = [], "bb"
    for _ in range(3):
        step = only(day.lasting(2, letters, waiting=9, used=3))
        counts.append(step.count)
        day.done(step)
        letters += "b" * step.count

    assert counts == [2, 4, 4]  # then the ceiling is reached


def test_an_idle_or_starting_worker_is_no_shortage() -> None:
    day = Day()
    day.look("bbi")

    assert day.lasting(5, "bbi", waiting=3) == []
    assert day.lasting(5, "bbs", waiting=3) == []


def test_one_look_without_a_queue_does_not_begin_the_second_anew() -> None:
    day = Day()
    day.look("bb")
    day.lasting(0.8, "bb", waiting=3)
    day.look("bb", waiting=0)

    assert day.lasting(0.6, "bb", waiting=3) != []


def test_a_queue_that_nearly_fills_the_backlog_is_answered_at_once() -> None:
    day = Day()
    day.changes = {"backlog": 16}
    day.look("bb")

    assert day.step("bb", waiting=9)[0].kind == "grow"


def test_growth_ends_at_the_ceiling_and_says_so() -> None:
    day = Day(msgspec.structs.replace(BOUNDS, ceiling=3))
    day.look("bb")
    step = only(day.lasting(2, "bb", waiting=9))
    day.done(step)

    assert day.lasting(3, "bbb", waiting=9) == []
    assert "the ceiling is 3" in day.look("bbb", waiting=9).sentence


def test_busy_cores_are_no_reason_for_more_workers_and_that_is_said() -> None:
    day = Day()
    day.look("bb", used=4)
    day.lasting(3, "bb", used=4)

    assert day.lasting(5, "bb", waiting=9, used=4) == []
    assert "cores are busy" in day.look("bb", waiting=9, used=4).sentence


def test_cores_that_others_keep_busy_do_not_stop_growth_for_workers_that_wait_outside() -> None:
    day = Day(cores=2)
    deeds = []
    for number in range(20):
        waits = workers("bb", core_wait_seconds=number * 0.02)
        deeds.append(day.step(waits, waiting=9, used=2)[0].kind)

    assert "grow" in deeds


def test_workers_that_wait_for_cores_are_not_joined_by_more() -> None:
    day = Day(cores=2)
    looks = [
        day.step(workers("bbbb", core_wait_seconds=number * 0.18), waiting=9, used=2)
        for number in range(40)
    ]

    assert "grow" not in [step.kind for step, _ in looks]
    assert "3.6 workers want one" in looks[-1][1].sentence


def test_cores_that_are_free_again_after_an_hour_allow_growth_within_seconds() -> None:
    day = Day()
    day.look("bb", used=4)
    day.lasting(60, "bb", waiting=9, used=4)

    assert day.lasting(4, "bb", waiting=9, used=0.5) != []


def test_workers_that_wait_for_locks_are_not_joined_by_more() -> None:
    day = Day()
    day.look("bbbb")
    day.changes = {"database": locked(3)}

    assert day.lasting(5, "bbbb", waiting=9) == []
    assert "wait for locks" in day.look("bbbb", waiting=9).sentence


def test_growth_leaves_postgresql_its_connections() -> None:
    day = Day()
    day.look("bb")
    day.changes = {"database": msgspec.structs.replace(locked(0), connections=95)}

    assert day.lasting(5, "bb", waiting=9) == []
    assert "PostgreSQL has 2 of 97" in day.look("bb", waiting=9).sentence


def test_low_memory_stops_growth() -> None:
    day = Day()
    day.look("bb")
    day.available = day.memory * 14 // 100

    assert day.lasting(5, "bb", waiting=9) == []
    assert "memory is low" in day.look("bb", waiting=9).sentence


def test_growth_keeps_the_memory_that_must_stay_free() -> None:
    day = Day(memory=4 * GIB)
    day.available = day.memory * 15 // 100 + 1000 * MIB
    day.look("bbbbbbbb")

    assert only(day.lasting(2, "bbbbbbbb", waiting=9)).count == 3  # of 300 MB each

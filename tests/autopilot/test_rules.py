"""What does the autopilot do in which story?"""

from __future__ import annotations

import msgspec
import pytest
from tests.autopilot.looks import BOUNDS, Day, only, workers

from workeroo.evidence import Unknown
from workeroo.units import MIB

CALM = BOUNDS.windows.calm_seconds


def test_scarce_memory_sends_the_largest_idle_worker_away_at_once() -> None:
    day = Day()
    day.look("biii")
    day.available = day.memory * 6 // 100
    step, _ = day.step("biii")

    assert (step.kind, step.rule) == ("shrink", "memory_brake")
    assert step.victim is not None
    assert step.victim.pid == 2  # the largest of the idle


def test_scarce_memory_at_the_floor_is_said_and_nobody_leaves() -> None:
    day = Day()
    day.look("ii")
    day.available = 0

    assert day.lasting(5, "ii") == []
    assert "2 workers are the floor" in day.look("ii").sentence


def test_surplus_leaves_after_the_whole_window_one_at_a_time() -> None:
    day = Day()
    day.look("biii")

    assert day.lasting(CALM - 1, "biii") == []
    step = only(day.lasting(2, "biii"))
    assert (step.kind, step.rule, step.count) == ("shrink", "surplus_down", 1)
    day.done(step)
    assert day.lasting(BOUNDS.windows.shrink_pause_seconds - 1, "bii") == []


def test_a_step_down_that_came_to_nothing_is_not_tried_again_at_once() -> None:
    day = Day()
    day.look("biii")
    step = only(day.lasting(CALM + 2, "biii"))
    day.failed(step)

    assert day.lasting(BOUNDS.windows.shrink_pause_seconds - 1, "biii") == []
    assert day.lasting(2, "biii") != []


def test_the_demand_of_a_single_second_in_the_window_keeps_the_workers() -> None:
    day = Day()
    day.look("iiii")
    day.lasting(CALM / 2, "iiii")
    day.lasting(2, "bbbi")

    assert day.lasting(CALM / 2 + 10, "iiii") == []
    assert day.lasting(CALM / 2, "iiii") != []


def test_a_new_worker_at_which_nobody_has_looked_is_not_taken_for_the_largest() -> None:
    day = Day()
    new = workers("i", pid=9, start_ticks=9, rss_bytes=400 * MIB, pss_bytes=Unknown("not yet"))
    steps = [day.step([*workers("iii"), *new])[0] for _ in range(round(CALM * 5) + 10)]

    step = next(step for step in steps if step.kind == "shrink")
    assert step.victim is not None
    assert step.victim.pid == 1


def test_one_worker_stays_idle_beyond_the_largest_demand() -> None:
    day = Day()
    day.look("bbi")

    assert day.lasting(2 * CALM, "bbi") == []


def test_nobody_leaves_below_the_floor() -> None:
    day = Day()
    day.look("ii")

    assert day.lasting(2 * CALM, "ii") == []


def test_a_worker_that_is_missed_makes_the_next_window_twice_as_long() -> None:
    day = Day()
    day.look("iii")
    shrink = only(day.lasting(CALM + 1, "iii"))
    day.done(shrink)
    grow = only(day.lasting(3, "bb", waiting=2))
    day.done(grow)

    assert day.lasting(CALM * 1.3, "iii") == []
    assert day.lasting(CALM, "iii") != []


def test_more_workers_than_the_ceiling_leave_without_a_window() -> None:
    day = Day(msgspec.structs.replace(BOUNDS, ceiling=3))
    day.look("iiiii")

    assert only(day.lasting(1, "iiiii")).kind == "shrink"


def test_cores_that_too_many_workers_keep_busy_are_relieved_of_one_sooner() -> None:
    day = Day(cores=2)
    deeds = []
    for number in range(100):
        looks = workers("bbiiiiii", cpu_seconds=number * 0.04)  # 8 x 0.2 cores
        step, _ = day.step(looks, used=2)
        deeds += [step] if step.kind != "hold" else []

    assert (only(deeds).kind, only(deeds).rule) == ("shrink", "cpu_optimum")


def test_cores_that_others_keep_busy_are_no_reason_for_fewer_workers() -> None:
    day = Day(cores=2)
    day.look("bbiiiiii", used=2)

    assert day.lasting(60, "bbiiiiii", used=2) == []


def test_a_worker_that_holds_too_much_is_replaced_when_others_are_idle() -> None:
    day = Day(msgspec.structs.replace(BOUNDS, worker_pss_limit_bytes=300 * MIB))
    usual = workers("iiib")
    large = (msgspec.structs.replace(usual[0], pss_bytes=400 * MIB), *usual[1:])
    day.look(large)
    step, _ = day.step(large)

    assert (step.kind, step.victim and step.victim.pid) == ("retire", 1)
    day.done(step)
    assert day.step(large)[0].kind == "hold"  # the next one only after a while


def test_a_limit_below_what_workers_take_retires_nobody_and_says_so() -> None:
    day = Day(msgspec.structs.replace(BOUNDS, worker_pss_limit_bytes=50 * MIB))
    day.look("iiib")

    assert day.lasting(5, "iiib") == []
    assert "too little" in day.look("iiib").sentence


def test_fewer_workers_than_the_floor_are_filled_up_once_that_lasts() -> None:
    day = Day(msgspec.structs.replace(BOUNDS, floor=4))
    assert day.lasting(6, "iiii") == []

    assert day.lasting(1.5, "iii") == []  # the master is replacing one
    step = only(day.lasting(2, "iii"))
    assert (step.kind, step.rule, step.count) == ("grow", "floor_up", 1)


def test_a_server_that_starts_has_no_worker_yet_and_is_left_alone() -> None:
    day = Day(BOUNDS)
    day.look("")

    assert day.lasting(30, "") == []
    assert "the server starts" in day.look("").sentence


def test_a_server_that_is_seen_between_two_of_its_first_forks_is_left_alone() -> None:
    day = Day(BOUNDS)
    day.look("i")

    assert "only one worker is there yet" in day.look("i").sentence
    assert day.lasting(30, "ii") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"master_stopped": True}, "stopped"),
        ({"trouble": ("the sockets cannot be seen",)}, "cannot be seen"),
        ({"master_start_ticks": 2}, "first look"),
    ],
)
def test_it_holds_still_where_it_must_not_act(changes: dict[str, object], said: str) -> None:
    day = Day()
    day.look("bb")
    day.lasting(0.8, "bb", waiting=9)
    day.changes = changes
    step, entry = day.step("bb", waiting=9)

    assert step.kind == "hold"
    assert said in entry.sentence


def test_a_reload_is_noticed_by_its_second_generation_and_left_alone() -> None:
    day = Day()
    day.look("bbbb")
    day.lasting(0.8, "bbbb", waiting=9)
    _, entry = day.step("bbbbbbbb", waiting=9)

    assert "a reload" in entry.sentence
    assert day.lasting(4, "bbbbbbbb", waiting=9) == []
    assert day.lasting(4, "bbbb", waiting=9) == []
    assert day.lasting(4, "bbbb", waiting=9) != []  # it has settled


def test_workers_that_somebody_else_added_stay_for_a_whole_window() -> None:
    day = Day()
    day.look("bii")
    day.lasting(CALM - 10, "bii")
    day.lasting(20, "biii")

    assert day.lasting(CALM - 30, "biii") == []
    assert day.lasting(40, "biii") != []


def test_no_second_signal_before_the_first_has_shown_its_effect() -> None:
    day = Day()
    day.look("bb")
    step = only(day.lasting(2, "bb", waiting=9))
    day.done(step, confirmed=False)

    assert day.lasting(5, "bb", waiting=9) == []
    assert "is not seen" in day.look("bb", waiting=9).sentence
    assert day.lasting(5, "bbb", waiting=9) != []


def test_a_signal_that_was_lost_is_given_up_after_a_while() -> None:
    day = Day()
    day.look("bb")
    step = only(day.lasting(2, "bb", waiting=9))
    day.done(step, confirmed=False)

    assert day.lasting(BOUNDS.windows.confirm_seconds + 2, "bb", waiting=9) != []


def test_every_look_says_a_sentence_also_when_nothing_is_done() -> None:
    day = Day()
    day.look("bi")

    assert day.look("bi").sentence == "seen 2 workers, 1 busy, 1 idle; held at 2: nobody waits"


def test_cron_workers_that_compute_do_not_count_as_busy_cores() -> None:
    day = Day(cores=1)
    cron = msgspec.structs.replace(workers("i")[0], pid=90, part="cron worker")
    day.look([*workers("bb"), cron], used=1)
    deeds = []
    for number in range(20):
        busy = msgspec.structs.replace(cron, cpu_seconds=0.2 * (number + 1))
        step, _ = day.step([*workers("bb"), busy], waiting=9, used=1)
        deeds.append(step.kind)

    assert "grow" in deeds

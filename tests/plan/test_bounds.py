"""Settings that would break the server are refused with the reason, whatever a rule says."""

from __future__ import annotations

import pytest

from workeroo.catalog.product import Value
from workeroo.errors import InternalError
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.process import Part, Process
from workeroo.plan.bounds import check, hold
from workeroo.plan.make import make_plan
from workeroo.plan.product import Role
from workeroo.plan.rule import Settled, Situation
from workeroo.units import GIB, MB, MIB

HOST = Host(
    cores=Cores(logical=4, declared=True), memory=Memory(total_bytes=64 * GIB, declared=True)
)
SAID = [Evidence("assumed", "a rule said so")]
SOUND: dict[str, Value] = {
    "workers": 4,
    "max_cron_threads": 1,
    "limit_memory_soft": 640 * MIB,
    "limit_memory_hard": 768 * MIB,
    "limit_time_cpu": 60,
    "limit_time_real": 120,
}


def live(part: Part, vms_bytes: int, pid: int = 10) -> Process:
    return Process(
        pid=pid,
        parent_pid=1,
        part=part,
        why="said so",
        user="odoo",
        started_at=0.0,
        rss_bytes=150 * MB,
        vms_bytes=vms_bytes,
    )


def odoo(*processes: Process, **now: Value) -> Deployment:
    settings = {
        option: Setting(option=option, value=value, source="file", where="odoo.conf:1")
        for option, value in now.items()
    }
    return Deployment(
        name="odoo", mode="prefork", series=19, processes=list(processes), settings=settings
    )


def settled(deployment: Deployment | None = None, role: Role = "all", **decided: Value) -> Settled:
    situation = Situation(host=HOST, series=19, deployment=deployment, role=role)
    decisions = [
        situation.decide(option, value, "a rule said so", SAID)
        for option, value in (SOUND | decided).items()
    ]
    return Settled(situation=situation, decisions=decisions)


def held(deployment: Deployment | None = None, role: Role = "all", **decided: Value) -> Settled:
    return hold(settled(deployment, role, **decided))


def why(result: Settled, option: str) -> str:
    decision = result.decision(option)
    assert decision is not None
    return decision.why


def test_sound_settings_stay_as_they_are() -> None:
    assert held() == settled()


@pytest.mark.parametrize(
    ("workers", "instead", "because"),
    [
        (0, 2, "0 is the threaded server"),
        (1, 2, "waits for a second one to answer wkhtmltopdf"),
        (-1, 2, "no process serves users"),
        (100, 99, "never 100 or more"),
    ],
)
def test_a_number_of_workers_that_cannot_work_is_refused(
    workers: int, instead: int, because: str
) -> None:
    result = held(workers=workers)

    assert result.value("workers") == instead
    assert why(result, "workers").startswith(f"{instead}; the rule says {workers}, refused: ")
    assert because in why(result, "workers")


@pytest.mark.parametrize(
    ("role", "crons", "instead"), [("all", 0, 1), ("backend", 0, 1), ("frontend", 2, 0)]
)
def test_crons_run_where_the_role_says(role: Role, crons: int, instead: int) -> None:
    assert held(role=role, max_cron_threads=crons).value("max_cron_threads") == instead


def test_a_soft_limit_below_a_fresh_worker_is_refused_with_the_measurement() -> None:
    busy = live("http worker", 1200 * MIB, pid=11)
    fresh = live("http worker", 812 * MIB, pid=12)

    result = held(odoo(busy, fresh))

    assert result.value("limit_memory_soft") == 1624 * MIB
    assert why(result, "limit_memory_soft") == (
        "1.6 GiB; the rule says 640 MiB, refused: a fresh worker maps 812 MiB of virtual memory"
        " and would be replaced after every request; 1.6 GiB = 2 x that"
    )
    decision = result.decision("limit_memory_soft")
    assert decision is not None
    assert decision.evidence[0] == Evidence(
        "measured",
        "812 MiB mapped by the leanest live http worker, pid 12",
        "/proc/12/status VmSize",
    )


def test_a_soft_limit_of_exactly_a_fresh_worker_is_refused_and_one_byte_less_is_not() -> None:
    exact = held(odoo(live("http worker", 640 * MIB)))
    below = held(odoo(live("http worker", 640 * MIB - 1)))

    assert exact.value("limit_memory_soft") == 1280 * MIB
    assert below.value("limit_memory_soft") == 640 * MIB


@pytest.mark.parametrize("part", ["http worker", "cron worker", "evented"])
def test_the_part_that_maps_most_when_fresh_decides_for_all(part: Part) -> None:
    small: list[Part] = ["http worker", "cron worker", "evented"]
    lean = [live(other, 300 * MIB, pid) for pid, other in enumerate(small) if other != part]

    assert held(odoo(*lean, live(part, 700 * MIB, 9))).value("limit_memory_soft") == 1400 * MIB


def test_a_raised_soft_limit_takes_the_hard_one_with_it() -> None:
    result = held(odoo(live("http worker", 812 * MIB)))

    assert result.value("limit_memory_hard") == 2030 * MIB
    assert 0.7 <= 1624 / 2030 <= 0.8


def test_an_evented_process_with_a_limit_of_its_own_does_not_count() -> None:
    evented = live("evented", 700 * MIB)

    result = held(odoo(evented, limit_memory_soft_gevent=2 * GIB))

    assert result.value("limit_memory_soft") == 640 * MIB


def test_the_master_is_not_under_the_soft_limit() -> None:
    assert held(odoo(live("master", 2 * GIB))).value("limit_memory_soft") == 640 * MIB


@pytest.mark.parametrize("hard_bytes", [0, 512 * MIB, 640 * MIB])
def test_a_hard_limit_at_or_below_the_soft_one_is_refused(hard_bytes: int) -> None:
    result = held(limit_memory_hard=hard_bytes)

    assert result.value("limit_memory_hard") == 800 * MIB
    assert "MemoryError" in why(result, "limit_memory_hard")


@pytest.mark.parametrize("seconds", [0, 10, 74])
def test_a_real_time_below_the_cron_beat_is_a_kill_loop_and_refused(seconds: int) -> None:
    result = held(limit_time_real=seconds, limit_time_cpu=min(60, max(seconds, 1)))

    assert result.value("limit_time_real") == 120
    assert "killed again and again" in why(result, "limit_time_real")


def test_75_seconds_are_enough_for_the_cron_beat() -> None:
    assert held(limit_time_real=75).value("limit_time_real") == 75


@pytest.mark.parametrize("seconds", [1, 30, -2])
def test_a_cron_time_that_the_rule_leaves_is_mended_too(seconds: int) -> None:
    result = held(odoo(limit_time_real_cron=seconds))

    assert result.value("limit_time_real_cron") == -1
    assert f"now set to {seconds}, refused" in why(result, "limit_time_real_cron")


@pytest.mark.parametrize("seconds", [-1, 0, 75, 3600])
def test_a_cron_time_that_works_is_left_alone(seconds: int) -> None:
    assert held(odoo(limit_time_real_cron=seconds)).decision("limit_time_real_cron") is None


def test_a_cpu_time_of_0_is_refused() -> None:
    result = held(limit_time_cpu=0)

    assert result.value("limit_time_cpu") == 60
    assert "0 does not switch the limit off" in why(result, "limit_time_cpu")


def test_a_cpu_time_beyond_the_real_time_is_brought_down_to_it() -> None:
    assert held(limit_time_cpu=600).value("limit_time_cpu") == 120


def test_a_request_limit_of_0_is_mended_where_the_rule_leaves_it() -> None:
    result = held(odoo(limit_request=0))

    assert result.value("limit_request") == 65536
    assert "before it serves anything" in why(result, "limit_request")


def test_a_plan_that_breaks_a_bound_never_leaves_the_room() -> None:
    with pytest.raises(InternalError, match="limit_time_real = 10"):
        check(settled(limit_time_real=10))


def test_the_golden_rule_on_a_live_server_with_many_modules_is_held_back() -> None:
    plan = make_plan(HOST, deployment=odoo(live("http worker", 812 * MIB)))

    assert plan.value("limit_memory_soft") == 1624 * MIB
    assert plan.value("limit_memory_hard") == 2030 * MIB


def test_little_room_above_a_fresh_worker_is_said_but_not_refused() -> None:
    plan = make_plan(HOST, deployment=odoo(live("http worker", 600 * MIB)))

    assert plan.value("limit_memory_soft") == 640 * MIB
    assert any("is little room" in warning for warning in plan.warnings)

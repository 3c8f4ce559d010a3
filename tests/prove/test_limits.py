"""What do the judges of the limits say, by numbers that were seen on real servers?"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.process import Process
from workeroo.model.connections import Demand
from workeroo.model.processes import processes
from workeroo.prove.levers import Answer
from workeroo.prove.limits import PROOFS, cron_isolation, graceful, memory_hard, time_cpu, time_real
from workeroo.prove.limits import connections as connections_
from workeroo.prove.limits import requests as requests_
from workeroo.prove.log import Heard, Log
from workeroo.prove.others import Users
from workeroo.prove.product import Hop, Outcome, outcome_of, worst
from workeroo.prove.proof import Found
from workeroo.prove.replaced import Population
from workeroo.prove.stage import Stage
from workeroo.units import MIB

GIB = 1024 * MIB

USERS = Users(answered=40, failed=0, p50_seconds=0.02, p95_seconds=0.19, max_seconds=0.6)
LOST = Users(answered=38, failed=2, why="no answer", p95_seconds=0.2)
BACK = Population(before=2, after=2)

DROPPED = "the connection ended without an answer (RemoteDisconnected)"


def answered(status: int | None = 200, *, seconds: float = 0.02, pid: int | None = None) -> Answer:
    failed = None if status is not None else DROPPED
    return Answer(path="/workeroo_lab", seconds=seconds, status=status, failed=failed, pid=pid)


def line(name: str, pid: int, number: int | None = None, text: str = "WorkerHTTP") -> Heard:
    return Heard(name=name, pid=pid, number=number, text=text)


def part(found: Found, name: str) -> Hop:
    return next(hop for hop in found.hops if hop.name == name)


def broken(found: Found) -> list[str]:
    assert all(hop.cure for hop in found.hops if hop.state == "broken")
    return [hop.name for hop in found.hops if hop.state == "broken"]


# memory-hard

REFUSED = memory_hard.Refused(
    limit_bytes=GIB,
    asked_bytes=GIB,
    touched=True,
    answers=[answered(500)] * 3,
    errors=[line("memory-error", 31548), line("memory-error", 31594)],
    ended=[],
    in_force_bytes=[GIB, GIB],
    users=USERS,
)


def test_requests_for_too_much_that_get_an_error_keep_the_hard_limit() -> None:
    assert outcome_of(memory_hard.judge(REFUSED).hops) == "holds"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"in_force_bytes": [4 * GIB]}, "in force"),
        ({"in_force_bytes": [None]}, "in force"),
        ({"answers": [answered()], "errors": []}, "refused"),
        ({"answers": [answered(None)]}, "refused"),
        ({"ended": [31548]}, "worker lives"),
        ({"users": LOST}, "others"),
    ],
)
def test_the_hard_limit_is_broken_by_each_part(change: dict[str, object], name: str) -> None:
    found = memory_hard.judge(msgspec.structs.replace(REFUSED, **change))

    assert name in broken(found)


def test_where_the_workers_limits_are_not_seen_the_hard_limit_is_not_proved() -> None:
    found = memory_hard.judge(msgspec.structs.replace(REFUSED, in_force_bytes=[]))

    assert outcome_of(found.hops) == "could not tell"


# requests


def served(counts: dict[int, int], left: dict[int, int], limit: int = 25) -> Found:
    answers = [answered(pid=pid) for pid, count in counts.items() for _ in range(count)]
    lines = [line("request-limit", pid, number) for pid, number in left.items()]
    return requests_.judge(requests_.Served(limit=limit, answers=answers, lines=lines))


def test_workers_that_leave_after_their_requests_keep_the_promise() -> None:
    found = served({11: 24, 12: 25, 13: 25, 14: 1}, {11: 25, 12: 25, 13: 25})

    assert outcome_of(found.hops) == "holds"


def test_a_worker_that_answers_one_more_breaks_it() -> None:
    assert broken(served({11: 26}, {})) == ["recycled"]


def test_a_worker_that_leaves_sooner_breaks_it() -> None:
    assert broken(served({11: 10, 12: 10}, {11: 10})) == ["log"]


def test_a_lost_request_breaks_it() -> None:
    seen = requests_.Served(
        limit=25,
        answers=[answered(pid=11)] * 25 + [answered(None)],
        lines=[line("request-limit", 11, 25)],
    )

    assert broken(requests_.judge(seen)) == ["answered"]


@given(st.lists(st.integers(0, 25), min_size=1, max_size=9))
def test_however_requests_are_spread_no_worker_within_its_limit_breaks_it(
    counts: list[int],
) -> None:
    assert broken(served(dict(enumerate(counts, 11)), {})) == []


# connections

FILLED = connections_.Filled(
    demand=Demand(processes=processes(2, 1), db_maxconn=4),
    available=97,
    counts=[5, 12, 12, 11],
    within=[answered()] * 2,
    beyond=[answered(500)] * 2,
)


def test_full_pools_within_the_budget_keep_it() -> None:
    found = connections_.judge(FILLED)

    assert outcome_of(found.hops) == "holds"
    assert "12 connections were open, of a budget of 16" in found.observed


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"counts": [5, 17]}, "budget"),
        ({"available": 15}, "fits"),
        ({"beyond": [answered()]}, "refused"),
        ({"within": [answered(500)]}, "full load"),
    ],
)
def test_the_budget_is_broken_by_each_part(change: dict[str, object], name: str) -> None:
    assert broken(connections_.judge(msgspec.structs.replace(FILLED, **change))) == [name]


def test_pools_that_were_not_filled_prove_nothing() -> None:
    found = connections_.judge(msgspec.structs.replace(FILLED, counts=[5, 6]))

    assert outcome_of(found.hops) == "could not tell"


def test_a_postgresql_that_cannot_be_asked_proves_nothing() -> None:
    unseen = msgspec.structs.replace(FILLED, available=Unknown("psql is not installed"), counts=[])

    assert outcome_of(connections_.judge(unseen).hops) == "could not tell"


# time-real

OVERSLEPT = time_real.Overslept(
    limit_seconds=10,
    slept_seconds=18.0,
    answer=answered(None, seconds=10.2),
    lines=[line("worker-timeout", 31594, 10)],
    population=BACK,
    users=USERS,
)


@pytest.mark.parametrize("seconds", [6.1, 10.2, 13.9, 15.5])
def test_a_kill_within_the_limit_and_its_beat_keeps_it(seconds: float) -> None:
    seen = msgspec.structs.replace(OVERSLEPT, answer=answered(None, seconds=seconds))

    assert outcome_of(time_real.judge(seen).hops) == "holds"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"answer": answered(seconds=18.1), "lines": []}, "killed in time"),
        ({"answer": answered(None, seconds=5.0)}, "killed in time"),
        ({"answer": answered(None, seconds=17.0)}, "killed in time"),
        ({"lines": [line("worker-timeout", 31594, 12)]}, "log"),
        ({"population": Population(before=2, after=1)}, "replaced"),
        ({"users": LOST}, "others"),
    ],
)
def test_the_time_limit_is_broken_by_each_part(change: dict[str, object], name: str) -> None:
    assert broken(time_real.judge(msgspec.structs.replace(OVERSLEPT, **change))) == [name]


def test_the_watchdog_of_a_cron_worker_is_not_that_of_users() -> None:
    cron = [line("worker-timeout", 99, 10, "WorkerCron (99) timeout after 10s")]
    found = time_real.judge(msgspec.structs.replace(OVERSLEPT, lines=cron))

    assert part(found, "log").state == "could not tell"


# time-cpu

BURNT = time_cpu.Burnt(
    limit_seconds=3,
    asked_seconds=6.0,
    answer=answered(None, seconds=6.6),
    used_seconds=3.0,
    lines=[line("cpu-limit", 32433, 3), line("cpu-limit-traceback", 32433)],
    population=BACK,
    users=USERS,
)


def test_a_worker_that_exits_at_its_cpu_limit_keeps_it() -> None:
    assert outcome_of(time_cpu.judge(BURNT).hops) == "holds"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"answer": answered(seconds=9.0), "lines": []}, "worker exits"),
        ({"used_seconds": 5.6}, "in time"),
        ({"used_seconds": 0.9}, "in time"),
        ({"lines": [line("cpu-limit", 32433, 5)]}, "log"),
        ({"population": Population(before=2, after=1)}, "replaced"),
        ({"users": LOST}, "others"),
    ],
)
def test_the_cpu_limit_is_broken_by_each_part(change: dict[str, object], name: str) -> None:
    assert broken(time_cpu.judge(msgspec.structs.replace(BURNT, **change))) == [name]


def staged(limit: int, workers: int) -> Stage:
    """A server that is held to a limit of requests."""
    fork = Process(
        pid=2,
        parent_pid=1,
        part="http worker",
        why="told",
        user="odoo",
        started_at=0.0,
        rss_bytes=0,
        vms_bytes=0,
    )
    setting = Setting(option="limit_request", value=limit, source="file", where="odoo.conf:7")
    odoo = Deployment(
        name="odoo",
        mode="prefork",
        series=19,
        processes=[fork] * workers,
        settings={"limit_request": setting},
    )
    return Stage(target="", url="", deployment=odoo, promised={}, log=Log(Path("/dev/null")))


def test_where_a_limit_needs_too_many_requests_one_that_does_not_is_told() -> None:
    reason = requests_.lacks(staged(65536, 2))

    assert reason is not None
    assert "needs 196608 requests, more than the 100000" in reason
    assert "on a lab or a staging server, set it to 33333 or less" in reason
    assert requests_.lacks(staged(33333, 2)) is None
    assert requests_.lacks(staged(33334, 2)) is not None


@pytest.mark.parametrize("used_seconds", [57.3, 53.8])
def test_the_ticks_by_which_the_kernel_counts_are_no_other_limit(used_seconds: float) -> None:
    long = msgspec.structs.replace(
        BURNT, limit_seconds=60, used_seconds=used_seconds, lines=[line("cpu-limit", 26166, 60)]
    )

    assert outcome_of(time_cpu.judge(long).hops) == "holds"


def test_a_watchdog_that_was_quicker_proves_nothing_of_the_cpu_limit() -> None:
    killed = [line("worker-timeout", 32433, 10)]
    found = time_cpu.judge(msgspec.structs.replace(BURNT, lines=killed))

    assert part(found, "log").state == "could not tell"
    assert "limit_time_real" in (part(found, "log").cure or "")


# cron-isolation


def took(p95_seconds: float | None) -> Users:
    return Users(answered=16, failed=0, p50_seconds=0.02, p95_seconds=p95_seconds)


def rounds(*pairs: tuple[float | None, float | None]) -> list[cron_isolation.Round]:
    return [cron_isolation.Round(without=took(a), beside=took(b)) for a, b in pairs]


BESIDE = cron_isolation.Beside(
    cron_workers=1,
    threaded=False,
    workers_seen=1,
    lines=[line("cron-start", 14365), line("cron-done", 14365)],
    ran_in="cron worker",
    nicer_by=10,
    rounds=rounds((0.04, 0.08), (0.05, 0.06), (0.04, 0.05)),
)
NONE_DUE = msgspec.structs.replace(
    BESIDE, cron_workers=0, workers_seen=0, lines=[], ran_in=None, nicer_by=None
)


def test_a_niced_cron_worker_beside_which_users_hardly_wait_keeps_it() -> None:
    assert outcome_of(cron_isolation.judge(BESIDE).hops) == "holds"


def test_one_bad_moment_of_the_host_breaks_nothing() -> None:
    one = msgspec.structs.replace(BESIDE, rounds=rounds((0.04, 0.08), (0.04, 2.0), (0.04, 0.05)))

    assert outcome_of(cron_isolation.judge(one).hops) == "holds"


def test_moments_that_contradict_each_other_prove_nothing() -> None:
    two = msgspec.structs.replace(BESIDE, rounds=rounds((0.04, 2.0), (0.04, 2.0), (0.04, 0.05)))

    assert outcome_of(cron_isolation.judge(two).hops) == "could not tell"


def test_a_host_that_is_busy_before_it_begins_does_not_blame_the_scheduled_action() -> None:
    slow = [
        msgspec.structs.replace(each, idle_share=0.1)
        for each in rounds((0.04, 0.9), (0.05, 0.8), (0.04, 0.9))
    ]
    found = cron_isolation.judge(msgspec.structs.replace(BESIDE, rounds=slow))

    assert outcome_of(found.hops) == "could not tell"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"rounds": rounds((0.04, 0.9), (0.05, 0.8), (0.04, 0.9))}, "users' p95"),
        ({"ran_in": "http worker"}, "own process"),
        ({"threaded": True, "ran_in": "threaded server"}, "own process"),
        ({"lines": [], "ran_in": None, "workers_seen": 0}, "own process"),
        ({"nicer_by": 0}, "niced"),
    ],
)
def test_the_isolation_is_broken_by_each_part(change: dict[str, object], name: str) -> None:
    assert broken(cron_isolation.judge(msgspec.structs.replace(BESIDE, **change))) == [name]


def test_where_none_is_to_run_none_runs() -> None:
    assert outcome_of(cron_isolation.judge(NONE_DUE).hops) == "holds"


def test_where_none_is_to_run_one_that_runs_breaks_it() -> None:
    found = cron_isolation.judge(msgspec.structs.replace(BESIDE, cron_workers=0))

    assert broken(found) == ["no cron worker", "does not run"]


# graceful


def step(name: str, users: Users = USERS, *, worked: bool = True) -> graceful.Step:
    return graceful.Step(name=name, times=1, worked=worked, users=users)


def test_without_a_lost_request_shrinking_and_replacing_keep_it() -> None:
    found = graceful.judge(graceful.Handled(workers=2, steps=[step("shrink"), step("recycle")]))

    assert outcome_of(found.hops) == "holds"
    assert "0 of 80 requests were lost" in found.observed


@pytest.mark.parametrize("name", ["shrink", "recycle", "restart"])
def test_a_lost_request_breaks_the_step_that_lost_it(name: str) -> None:
    found = graceful.judge(graceful.Handled(workers=2, steps=[step(name, LOST)]))

    assert broken(found) == [name]


def test_a_server_that_does_not_come_to_the_number_breaks_it() -> None:
    seen = graceful.Handled(workers=2, steps=[step("shrink", worked=False), step("recycle")])

    assert broken(graceful.judge(seen)) == ["shrink"]


def test_a_single_worker_is_not_taken_away() -> None:
    found = graceful.judge(graceful.Handled(workers=1, steps=[step("recycle")]))

    assert outcome_of(found.hops) == "could not tell"


# All of them


@pytest.mark.parametrize("name", PROOFS)
def test_every_proof_has_its_section_in_the_page(name: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "prove.md").read_text(encoding="utf-8")

    assert f"\n### {name}\n" in page
    assert f"| [{name}](#{name}) |" in page


def test_what_unsettles_a_server_most_comes_last() -> None:
    assert list(PROOFS) == [
        "memory-soft", "memory-hard", "requests", "connections", "time-cpu", "time-real",
        "cron-isolation", "graceful",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "decides"),
    [
        (["holds", "holds"], "holds"),
        (["holds", "could not tell"], "could not tell"),
        (["could not tell", "fails", "holds"], "fails"),
    ],
)
def test_the_worst_outcome_decides(outcomes: list[Outcome], decides: Outcome) -> None:
    assert worst(outcomes) == decides

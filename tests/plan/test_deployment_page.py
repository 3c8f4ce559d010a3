"""The rule of Odoo's deployment page, with the page's own example."""

from __future__ import annotations

import pytest

from workeroo.facts.host import Cores, Host, Memory
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan, Role
from workeroo.units import GB, GIB, MIB


def host(cores: Cores, memory_bytes: int = 64 * GIB) -> Host:
    return Host(cores=cores, memory=Memory(total_bytes=memory_bytes, declared=True))


DECLARED = Cores(logical=4, declared=True)
EXAMPLE = Cores(logical=8, physical=4)  # the page's: 4 cores with 8 threads


def by_docs(
    cores: Cores = DECLARED,
    *,
    users: int | None = None,
    role: Role = "all",
    memory_bytes: int = 64 * GIB,
) -> Plan:
    return make_plan(host(cores, memory_bytes), rule="docs", users=users, role=role)


def why(plan: Plan) -> str:
    return plan.decisions[0].why


def test_the_page_s_example_of_60_users_on_4_cores_gives_8_workers_and_1_cron_in_about_3_gb() -> (
    None
):
    plan = by_docs(EXAMPLE, users=60)

    assert (plan.value("workers"), plan.value("max_cron_threads")) == (8, 1)
    assert plan.memory.workers == 9
    assert plan.memory.arithmetic.startswith("9 x 320 MB = 2.9 GB")
    assert round(plan.memory.required_bytes / GB) == 3
    assert why(plan) == (
        "8 = 2 x 4 cores + 1 less 1 cron worker, the most by Odoo's deployment page"
        " where 60 users / 6 a worker would be 10"
    )
    assert plan.decisions[0].evidence[0].text == "4 physical cores of 8 logical"


def test_the_sample_s_limits_are_taken_as_they_stand() -> None:
    plan = by_docs()

    assert {d.option: d.value for d in plan.decisions[2:]} == {
        "limit_memory_soft": 629145600,
        "limit_memory_hard": 1677721600,
        "limit_request": 8192,
        "limit_time_cpu": 600,
        "limit_time_real": 1200,
    }


@pytest.mark.parametrize(("users", "workers"), [(1, 2), (12, 2), (13, 3), (48, 8), (500, 8)])
def test_six_users_share_a_worker_up_to_the_most_that_the_cores_bear(
    users: int, workers: int
) -> None:
    assert by_docs(users=users).value("workers") == workers


def test_few_users_still_get_two_workers_for_the_sake_of_reports() -> None:
    assert why(by_docs(users=3)) == (
        "2 instead of 1 (3 users / 6 a worker, Odoo's deployment page): never fewer than 2: one"
        " worker that prints a PDF waits for a second one to answer wkhtmltopdf"
    )


def test_without_users_the_cores_decide() -> None:
    assert by_docs().value("workers") == 8


def test_a_frontend_takes_no_cron_worker_off() -> None:
    plan = by_docs(role="frontend")

    assert (plan.value("workers"), plan.value("max_cron_threads")) == (9, 0)


def test_memory_reduces_the_workers_and_the_cron_worker_is_counted_in() -> None:
    plan = by_docs(memory_bytes=2 * GIB)

    assert plan.value("workers") == 4
    assert plan.memory.arithmetic == "5 x 320 MB = 1.6 GB; 80 % of 2 GiB = 1.7 GB"


def test_the_sample_s_risks_are_said() -> None:
    said = " ".join(by_docs().warnings)

    assert "600 MiB is a known risk" in said
    assert "hold a worker for 20 min" in said
    assert "half of them is the page's number" in said


def test_declared_cores_are_counted_as_declared() -> None:
    declared = Cores(logical=8, physical=4, declared=True)

    assert by_docs(declared).value("workers") == 16


def test_the_sample_s_soft_limit_keeps_its_distance_from_a_fresh_worker() -> None:
    assert by_docs().value("limit_memory_soft") == 600 * MIB

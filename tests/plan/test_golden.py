"""The article's golden rule: every example that the article gives, and what it does not say."""

from __future__ import annotations

import pytest

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.process import Process
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan, Role
from workeroo.units import GB, GIB, MB, MIB


def host(cores: int = 4, memory_bytes: int = 8 * GIB) -> Host:
    return Host(
        cores=Cores(logical=cores, declared=True),
        memory=Memory(total_bytes=memory_bytes, declared=True),
    )


def golden(cores: int = 4, memory_bytes: int = 8 * GIB, *, role: Role = "all") -> Plan:
    return make_plan(host(cores, memory_bytes), rule="golden", role=role)


def why(plan: Plan, option: str) -> str:
    return next(d.why for d in plan.decisions if d.option == option)


def warned(plan: Plan, part: str) -> bool:
    return any(part in warning for warning in plan.warnings)


@pytest.mark.parametrize(("cores", "workers"), [(2, 5), (4, 9), (8, 17)])
def test_2_4_and_8_cores_give_5_9_and_17_workers(cores: int, workers: int) -> None:
    plan = golden(cores, 64 * GIB)

    assert plan.value("workers") == workers
    assert why(plan, "workers") == f"{workers} = 2 x {cores} cores + 1, the golden rule"


def test_the_article_s_4_cores_and_8_gb_give_the_article_s_odoo_conf() -> None:
    plan = golden(4, 8 * GIB)

    assert {d.option: d.value for d in plan.decisions} == {
        "workers": 9,
        "max_cron_threads": 1,
        "limit_memory_soft": 671088640,
        "limit_memory_hard": 805306368,
        "limit_time_cpu": 60,
        "limit_time_real": 120,
    }


def test_9_workers_of_300_mb_are_2_7_gb_and_safe_on_4_gb() -> None:
    memory = golden(4, 4 * GIB).memory

    assert memory.fits
    assert memory.workers == 9
    assert memory.required_bytes == 2.7 * GB
    assert memory.arithmetic == "9 x 300 MB = 2.7 GB; 80 % of 4 GiB = 3.4 GB"


def test_9_workers_are_safe_on_a_server_sold_as_4_gb_of_a_thousand_million_bytes() -> None:
    assert golden(4, 4 * GB).value("workers") == 9


def test_on_2_gb_the_workers_are_reduced_with_the_arithmetic_shown() -> None:
    plan = golden(4, 2 * GIB)

    assert plan.value("workers") == 5
    assert plan.memory.fits
    assert why(plan, "workers") == (
        "5 instead of 9 (2 x 4 cores + 1, the golden rule): 9 x 300 MB = 2.7 GB is more than"
        " 80 % of 2 GiB = 1.7 GB; 5 x 300 MB = 1.5 GB fits"
    )


def test_the_soft_limit_is_640_mb_and_the_hard_one_768_mb() -> None:
    plan = golden()

    assert plan.value("limit_memory_soft") == 640 * MIB
    assert plan.value("limit_memory_hard") == 768 * MIB


def test_the_article_s_own_limits_are_not_the_70_to_80_percent_that_it_asks_for() -> None:
    assert warned(golden(), "640 of 768 MiB are 83 %")


def test_the_frontend_serves_users_only() -> None:
    plan = golden(role="frontend")

    assert (plan.value("workers"), plan.value("max_cron_threads")) == (9, 0)
    assert warned(plan, "a backend on the same database must run them")


def test_the_backend_has_2_workers_and_runs_the_crons() -> None:
    plan = golden(role="backend")

    assert (plan.value("workers"), plan.value("max_cron_threads")) == (2, 1)
    assert warned(plan, "workers = -1")


def test_a_backend_serves_no_chat() -> None:
    assert not warned(golden(role="backend"), "/websocket")


@pytest.mark.parametrize("cores", [50, 64, 256, 4096])
def test_never_100_workers(cores: int) -> None:
    plan = golden(cores, 1024 * GIB)

    assert plan.value("workers") == 99
    assert "never 100 or more on one master" in why(plan, "workers")


def test_49_cores_still_get_what_the_rule_says() -> None:
    assert golden(49, 1024 * GIB).value("workers") == 99
    assert why(golden(49, 1024 * GIB), "workers").startswith("99 = 2 x 49 cores + 1")


def test_never_0_and_never_1_and_a_memory_that_is_too_small_is_said() -> None:
    plan = golden(1, 256 * MIB)

    assert plan.value("workers") == 2
    assert not plan.memory.fits
    assert "waits for a second one to answer wkhtmltopdf" in why(plan, "workers")
    assert plan.warnings[0].startswith("The memory is too small even for this: 2 x 300 MB")


def test_two_workers_are_few_for_users_and_enough_for_a_backend() -> None:
    assert warned(golden(4, 1 * GIB), "2 workers answer 2 requests at a time")
    assert not warned(golden(role="backend"), "answer 2 requests at a time")
    assert not warned(golden(), "requests at a time")


def test_one_core_is_counted_in_the_singular() -> None:
    assert why(golden(1), "workers") == "3 = 2 x 1 core + 1, the golden rule"


def test_the_container_s_quota_counts_and_not_the_machine_s_cores() -> None:
    contained = Host(
        cores=Cores(logical=64, quota=2.5),
        memory=Memory(total_bytes=256 * GIB, limit_bytes=4 * GIB),
    )

    plan = make_plan(contained)

    assert plan.value("workers") == 5
    assert plan.memory.usable_bytes == 4 * GIB
    assert plan.host.evidence[0].text == "2.5 cores by the cgroup's quota"


def test_the_golden_rule_does_not_count_users_and_says_so() -> None:
    plan = make_plan(host(), users=60)

    assert plan.value("workers") == 9
    assert warned(plan, "60 users changed nothing here")


def test_what_the_rule_does_not_say_stands_beside_it() -> None:
    plan = golden(4, 4 * GIB)

    assert warned(plan, "9 HTTP + 1 cron + 1 evented + 1 master = 12 processes")
    assert warned(plan, "12 x 300 MB = 3.6 GB, more than 80 % of 4 GiB = 3.4 GB")
    assert warned(plan, "all 9 serve users")
    assert warned(plan, "virtual memory")
    assert warned(plan, "limit_memory_hard kills nothing")
    assert warned(plan, "ends the whole worker")
    assert warned(plan, "killed after 120 s on the clock or 60 s of computing")
    assert warned(plan, "`limit_memory_soft = 671088640 ; 640 MiB`")


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (15, "/longpolling to the evented process on port 8072 (longpolling_port) in Odoo 15."),
        (19, "/websocket to the evented process on port 8072 (gevent_port) in Odoo 19; /longpoll"),
    ],
)
def test_the_way_of_the_chat_is_the_series_own(series: int, said: str) -> None:
    assert warned(make_plan(host(), series=series), said)


def test_a_frontend_is_not_told_about_cron_times() -> None:
    assert not warned(golden(role="frontend"), "Cron workers fall under")


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (-1, "killed after 120 s on the clock or 60 s of computing"),
        (3600, "killed after 3600 s on the clock or 60 s of computing"),
        (0, "killed after 60 s of computing"),
    ],
)
def test_cron_times_that_stand_now_are_the_ones_that_are_told(own: int, said: str) -> None:
    now = Setting(option="limit_time_real_cron", value=own, source="file", where="odoo.conf:1")
    odoo = Deployment(
        name="odoo", mode="prefork", series=19, settings={"limit_time_real_cron": now}
    )

    assert warned(make_plan(host(), deployment=odoo), said)


def test_measured_workers_stand_as_evidence_and_heavier_ones_are_counted() -> None:
    def with_pss(pss_bytes: int) -> Plan:
        worker = Process(
            pid=10,
            parent_pid=1,
            part="http worker",
            why="said so",
            user="odoo",
            started_at=0.0,
            rss_bytes=pss_bytes,
            vms_bytes=300 * MB,
            pss_bytes=pss_bytes,
        )
        odoo = Deployment(name="odoo", mode="prefork", series=19, processes=[worker])
        return make_plan(host(4, 4 * GIB), deployment=odoo)

    assert with_pss(96 * MB).memory.arithmetic.startswith("9 x 300 MB")
    assert with_pss(96 * MB).memory.evidence[0].text == "96 MB = mean PSS of 1 live HTTP worker"
    assert with_pss(500 * MB).memory.arithmetic.startswith("6 x 500 MB = 3 GB")


def test_what_stands_now_is_told_beside_each_decision() -> None:
    now = Setting(option="workers", value=0, source="default", where="Odoo 19")
    odoo = Deployment(
        name="odoo", mode="threaded", series=Unknown("no version"), settings={"workers": now}
    )

    plan = make_plan(host(), deployment=odoo)

    assert plan.decisions[0].was == 0
    assert plan.decisions[1].was is None
    assert plan.warnings[0].startswith("The series of this deployment is not known (no version)")

"""What holds for every plan, whatever the host, the rule, the role and what stands now."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Value
from workeroo.catalog.series import SERIES
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.postgres import Postgres
from workeroo.facts.process import Part, Process
from workeroo.model.connections import SMALLEST_POOL
from workeroo.plan.bounds import check, hold
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan, Role
from workeroo.plan.rule import Settled, Situation
from workeroo.plan.rules import RULES
from workeroo.plan.sizing import LEAST_WORKERS, MOST_WORKERS
from workeroo.report.paint import Paint
from workeroo.report.plan_text import plan_text
from workeroo.units import GIB, MIB

MEMORY = st.integers(256 * MIB, 2048 * GIB)
ROLES: st.SearchStrategy[Role] = st.sampled_from(["all", "frontend", "backend"])
PARTS: st.SearchStrategy[Part] = st.sampled_from(
    ["master", "http worker", "cron worker", "evented", "other"]
)
NUMBERS = st.integers(-5, 10**12)
VALUES: st.SearchStrategy[Value] = NUMBERS | st.none() | st.booleans() | st.text(max_size=8)
LIMITS = [
    "workers",
    "max_cron_threads",
    "limit_memory_soft",
    "limit_memory_hard",
    "limit_time_cpu",
    "limit_time_real",
    "limit_time_real_cron",
    "limit_request",
    "db_maxconn",
    "db_maxconn_gevent",
    "db_replica_host",
    "http_enable",
]


@st.composite
def hosts(draw: st.DrawFn) -> Host:
    cores = Cores(
        logical=draw(st.integers(1, 256)),
        physical=draw(st.integers(1, 256) | st.just(Unknown("not said"))),
        quota=draw(st.none() | st.floats(0.01, 256)),
    )
    total = draw(MEMORY)
    return Host(cores=cores, memory=Memory(total_bytes=total, limit_bytes=draw(st.none() | MEMORY)))


@st.composite
def live_processes(draw: st.DrawFn) -> Process:
    return Process(
        pid=draw(st.integers(2, 99999)),
        parent_pid=1,
        part=draw(PARTS),
        why="said so",
        user="odoo",
        started_at=0.0,
        rss_bytes=draw(st.integers(1, 64 * GIB)),
        vms_bytes=draw(st.integers(1, 64 * GIB)),
        pss_bytes=draw(st.integers(1, 64 * GIB) | st.just(Unknown("not root"))),
    )


@st.composite
def deployments(draw: st.DrawFn) -> Deployment:
    now = draw(st.dictionaries(st.sampled_from(LIMITS), VALUES))
    settings = {
        name: Setting(option=name, value=value, source="file", where="odoo.conf:1")
        for name, value in now.items()
    }
    postgres = Postgres(max_connections=draw(st.integers(1, 5000) | st.just(Unknown("closed"))))
    return Deployment(
        name="odoo",
        mode="prefork",
        series=draw(st.sampled_from(sorted(SERIES)) | st.just(Unknown("no version"))),
        processes=draw(st.lists(live_processes(), max_size=5)),
        settings=settings,
        postgres=draw(st.just(postgres) | st.just(Unknown("no access"))),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    return make_plan(
        draw(hosts()),
        deployment=draw(st.none() | deployments()),
        rule=draw(st.sampled_from(list(RULES))),
        role=draw(ROLES),
        users=draw(st.none() | st.integers(1, 10**6)),
        series=draw(st.none() | st.sampled_from(sorted(SERIES))),
        masters=draw(st.integers(1, 20)),
        neighbours=draw(st.integers(0, 3)),
    )


def number(plan: Plan, option: str) -> int:
    value = plan.value(option)
    assert isinstance(value, int)
    return value


@given(plans())
def test_a_plan_never_promises_more_memory_than_the_host_has(plan: Plan) -> None:
    memory = plan.memory

    assert memory.required_bytes == memory.workers * memory.per_worker_bytes
    assert memory.fits == (memory.required_bytes <= memory.budget_bytes)
    assert memory.budget_bytes <= memory.usable_bytes
    assert memory.fits or number(plan, "workers") == LEAST_WORKERS
    assert memory.fits or plan.warnings[0].startswith(("The memory", "The series"))


@given(plans())
def test_a_plan_has_2_to_99_workers_and_limits_in_their_order(plan: Plan) -> None:
    assert LEAST_WORKERS <= number(plan, "workers") <= MOST_WORKERS
    assert number(plan, "limit_memory_soft") < number(plan, "limit_memory_hard")
    assert 1 <= number(plan, "limit_time_cpu") <= number(plan, "limit_time_real")
    assert number(plan, "limit_time_real") >= 75
    assert (number(plan, "max_cron_threads") == 0) == (plan.role == "frontend")


@given(plans())
def test_every_decision_exists_in_the_series_and_has_its_reason_and_evidence(plan: Plan) -> None:
    for decision in plan.decisions:
        assert OPTIONS[decision.option].exists(plan.series)
        assert decision.why.startswith(str(decision.value)) or decision.option != "workers"
        assert decision.evidence

    assert len({d.option for d in plan.decisions}) == len(plan.decisions)


@given(plans())
def test_connections_fit_or_the_plan_says_what_would_make_them_fit(plan: Plan) -> None:
    check = plan.connections

    if check.available is None:
        assert check.fits is None
        assert plan.value("db_maxconn") is None
    else:
        assert check.fits == (check.required <= check.available)
    if plan.value("db_maxconn") is not None:
        assert number(plan, "db_maxconn") >= SMALLEST_POOL
    if check.fits is False:
        assert any("raise max_connections to" in warning for warning in plan.warnings)


@given(plans(), st.booleans())
def test_every_plan_can_be_told_in_text_and_json(plan: Plan, explain: bool) -> None:
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan

    conf = plan_text(plan, Paint(), explain=explain).split("[options]")[1].split("\n\n")[0]
    for line in conf.strip().splitlines():
        assert line.startswith("; ") or line.split(" = ")[0] in OPTIONS


@given(hosts(), st.none() | deployments(), ROLES, st.dictionaries(st.sampled_from(LIMITS), NUMBERS))
def test_no_draft_however_wild_gets_past_the_bounds(
    host: Host, deployment: Deployment | None, role: Role, decided: dict[str, int]
) -> None:
    situation = Situation(host=host, series=19, deployment=deployment, role=role)
    decisions = [situation.decide(name, value, "a rule", []) for name, value in decided.items()]

    check(hold(Settled(situation=situation, decisions=decisions)))


@given(st.integers(1, 48), st.sampled_from(list(RULES)))
def test_more_cores_never_mean_fewer_workers(cores: int, rule: str) -> None:
    def workers(count: int) -> int:
        host = Host(cores=Cores(logical=count), memory=Memory(total_bytes=64 * GIB))
        return number(make_plan(host, rule=rule), "workers")

    assert workers(cores) <= workers(cores + 1)


@given(MEMORY, MEMORY, st.sampled_from(list(RULES)))
def test_more_memory_never_means_fewer_workers(one: int, other: int, rule: str) -> None:
    def workers(memory_bytes: int) -> int:
        host = Host(cores=Cores(logical=16), memory=Memory(total_bytes=memory_bytes))
        return number(make_plan(host, rule=rule), "workers")

    less, more = sorted([one, other])

    assert workers(less) <= workers(more)

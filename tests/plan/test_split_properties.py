"""What holds for every split, whatever the hosts, the rule and what stands now."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from workeroo.catalog.series import SERIES
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.postgres import Postgres
from workeroo.model.connections import SMALLEST_POOL
from workeroo.plan.bounds import BOUNDS
from workeroo.plan.product import Plan
from workeroo.plan.rule import Settled, Situation
from workeroo.plan.rules import RULES
from workeroo.plan.split import Server, SplitPlan, make_split
from workeroo.report.paint import Paint
from workeroo.report.split_text import split_text
from workeroo.units import GIB, MIB

NUMBERS = st.integers(-5, 10**9)
OPTIONS = [
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
]


class Case(msgspec.Struct, frozen=True):
    """A split, and what it was made for."""

    split: SplitPlan
    frontend: Server
    backend: Server | None
    cron_only: bool


@st.composite
def servers(draw: st.DrawFn) -> Server:
    now = draw(st.dictionaries(st.sampled_from(OPTIONS), NUMBERS))
    settings = {
        name: Setting(option=name, value=value, source="file", where="odoo.conf:1")
        for name, value in now.items()
    }
    given_connections = draw(st.integers(1, 20000) | st.just(Unknown("closed")))
    odoo = Deployment(
        name="odoo",
        mode="prefork",
        series=draw(st.sampled_from(sorted(SERIES)) | st.just(Unknown("no version"))),
        settings=settings,
        postgres=draw(st.just(Postgres(max_connections=given_connections)) | st.just(Unknown("-"))),
    )
    return Server(
        host=Host(
            cores=Cores(logical=draw(st.integers(1, 128))),
            memory=Memory(total_bytes=draw(st.integers(256 * MIB, 512 * GIB))),
        ),
        deployment=draw(st.just(odoo) | st.none()),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    frontend, backend = draw(servers()), draw(st.none() | servers())
    cron_only = draw(st.booleans())
    split = make_split(
        frontend,
        backend,
        rule=draw(st.sampled_from(list(RULES))),
        frontends=draw(st.integers(1, 99)),
        users=draw(st.none() | st.integers(1, 10**5)),
        cron_only=cron_only,
    )
    return Case(split, frontend, backend, cron_only)


def settled(plan: Plan, server: Server, *, cron_only: bool = False) -> Settled:
    situation = Situation(
        host=server.host,
        series=plan.series,
        deployment=server.deployment,
        role=plan.role,
        cron_only=cron_only,
    )
    return Settled(situation=situation, decisions=plan.decisions)


@given(cases())
def test_the_connections_of_all_masters_fit_in_postgresql_or_it_is_said(case: Case) -> None:
    split, check = case.split, case.split.connections
    if check.available is None:
        assert check.fits is None
        return
    assert check.fits == (check.required <= check.available)
    for plan in (split.frontend, split.backend):
        assert check.fits or any("raise max_connections to" in text for text in plan.warnings)


@given(cases())
def test_a_decided_pool_is_smaller_than_what_stood_and_never_so_small_that_requests_run_dry(
    case: Case,
) -> None:
    for plan in (case.split.frontend, case.split.backend):
        for decision in plan.decisions:
            if decision.option == "db_maxconn":
                assert int(str(decision.value)) >= SMALLEST_POOL
                assert decision.was is None or int(str(decision.value)) < int(str(decision.was))


@given(cases())
def test_every_bound_holds_on_both_servers(case: Case) -> None:
    split = case.split
    backend = case.backend or case.frontend
    for bound in BOUNDS:
        assert bound(settled(split.frontend, case.frontend)) is None
        assert bound(settled(split.backend, backend, cron_only=case.cron_only)) is None


@given(cases())
def test_users_and_crons_are_apart(case: Case) -> None:
    split = case.split

    assert split.frontend.value("max_cron_threads") == 0
    assert int(str(split.backend.value("max_cron_threads"))) >= 1
    assert (split.backend.value("workers") == -1) == case.cron_only


@given(cases())
def test_a_split_survives_json_and_can_be_told(case: Case) -> None:
    split = case.split

    assert msgspec.json.decode(msgspec.json.encode(split), type=SplitPlan) == split
    text = split_text(split, Paint(), explain=True)
    assert text.count("[options]") == 2
    assert all(each.what in text for each in split.shared)

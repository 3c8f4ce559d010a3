"""Every process x db_maxconn against max_connections, all masters counted."""

from __future__ import annotations

from workeroo.catalog.product import Value
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.postgres import Postgres
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan
from workeroo.units import GIB

HOST = Host(
    cores=Cores(logical=4, declared=True), memory=Memory(total_bytes=8 * GIB, declared=True)
)


def planned(
    postgres: Postgres | Unknown, *, masters: int = 1, series: int = 19, **now: Value
) -> Plan:
    settings = {
        option: Setting(option=option, value=value, source="file", where="odoo.conf:7")
        for option, value in now.items()
    }
    odoo = Deployment(
        name="odoo", mode="prefork", series=series, settings=settings, postgres=postgres
    )
    return make_plan(HOST, deployment=odoo, masters=masters)


def why(plan: Plan) -> str:
    return next(d.why for d in plan.decisions if d.option == "db_maxconn")


def test_where_all_fits_db_maxconn_is_left_alone() -> None:
    plan = planned(Postgres(max_connections=1000, reserved_connections=3))

    assert plan.value("db_maxconn") is None
    assert plan.connections.fits
    assert plan.connections.arithmetic == "(9 + 1) x 64 + 1 x 64 = 704"
    assert plan.connections.largest_db_maxconn == 90


def test_a_postgresql_with_its_own_default_gets_a_smaller_pool_that_fits() -> None:
    plan = planned(Postgres(max_connections=100, reserved_connections=3))

    assert plan.value("db_maxconn") == 8
    assert plan.connections.fits
    assert why(plan) == (
        "8, not 64: (9 + 1) x 64 + 1 x 64 = 704 connections are more than the 97 that PostgreSQL"
        " gives; (9 + 1) x 8 + 1 x 8 = 88 fits"
    )
    assert any("db_maxconn_gevent" in warning for warning in plan.warnings)


def test_connections_that_just_fit_are_left_alone() -> None:
    exact = planned(Postgres(max_connections=707, reserved_connections=3))
    short = planned(Postgres(max_connections=706, reserved_connections=3))

    assert exact.value("db_maxconn") is None
    assert short.value("db_maxconn") == 63


def test_a_pool_that_is_small_already_is_not_made_larger() -> None:
    plan = planned(Postgres(max_connections=20, reserved_connections=3), db_maxconn=3)

    assert plan.value("db_maxconn") is None
    assert plan.connections.arithmetic == "(9 + 1) x 3 + 1 x 3 = 33"
    assert plan.connections.fits is False


def test_all_masters_share_one_postgresql() -> None:
    plan = planned(Postgres(max_connections=200, reserved_connections=3), masters=2)

    assert plan.value("db_maxconn") == 8
    assert plan.connections.required == 176


def test_a_pool_is_never_so_small_that_a_request_runs_dry() -> None:
    plan = planned(Postgres(max_connections=20, reserved_connections=3))

    assert plan.value("db_maxconn") == 4
    assert not plan.connections.fits
    assert "even (9 + 1) x 4 + 1 x 4 = 44 does not fit" in why(plan)
    assert any("raise max_connections to 47" in warning for warning in plan.warnings)


def test_a_replica_doubles_the_pools() -> None:
    replica = planned(Postgres(max_connections=5000), db_replica_host="standby")

    assert replica.connections.arithmetic == "2 pools x ((9 + 1) x 64 + 1 x 64) = 1408"


def test_a_pool_as_set_now_is_counted_and_its_line_is_evidence() -> None:
    plan = planned(Postgres(max_connections=1000), db_maxconn=16, db_maxconn_gevent=40)

    assert plan.connections.arithmetic == "(9 + 1) x 16 + 1 x 40 = 200"
    assert plan.connections.evidence[0].text == "db_maxconn = 16"
    assert plan.connections.evidence[0].source == "odoo.conf:7"


def test_an_option_that_the_series_does_not_know_is_not_counted() -> None:
    plan = planned(Postgres(max_connections=1000), series=16, db_maxconn_gevent=40)

    assert plan.connections.arithmetic == "(9 + 1) x 64 + 1 x 64 = 704"


def test_an_unknown_postgresql_leaves_the_verdict_open_and_says_what_is_always_enough() -> None:
    plan = planned(Unknown("psql is not here"))

    assert plan.connections.fits is None
    assert plan.connections.available is None
    assert plan.value("db_maxconn") is None
    assert any("707 is always enough" in warning for warning in plan.warnings)
    assert plan.connections.usual == 33

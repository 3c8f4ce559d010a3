"""A plan as a whole: what it was made for, what it refuses, and its published JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from workeroo.catalog.series import NEWEST, SERIES
from workeroo.errors import UsageError
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.postgres import Postgres
from workeroo.facts.process import Process
from workeroo.facts.proxy import Location, Proxy, Site
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan
from workeroo.plan.rules import RULES
from workeroo.units import GIB, MB

GOLD = Path(__file__).parent / "gold"

HOST = Host(
    cores=Cores(logical=4, physical=2, affinity=4),
    memory=Memory(total_bytes=16 * GIB, limit_bytes=2 * GIB),
)
NGINX = Proxy(
    server="nginx 1.22.1",
    config="/etc/nginx/nginx.conf",
    sites=[
        Site(
            names=["shop.example"],
            listens=["80"],
            where="/etc/nginx/sites-enabled/shop:1",
            locations=[
                Location(
                    modifier="",
                    path="/",
                    where="/etc/nginx/sites-enabled/shop:4",
                    upstream=[("127.0.0.1", 8069)],
                )
            ],
        )
    ],
)


def setting(option: str, value: int) -> Setting:
    return Setting(option=option, value=value, source="file", where="/etc/odoo/odoo.conf:2")


def shop() -> Deployment:
    worker = Process(
        pid=812,
        parent_pid=800,
        part="http worker",
        why="titled odoo: WorkerHTTP",
        user="odoo",
        started_at=0.0,
        rss_bytes=150 * MB,
        vms_bytes=700 * MB,
        pss_bytes=96 * MB,
    )
    return Deployment(
        name="odoo (pid 800, port 8069)",
        mode="prefork",
        series=17,
        processes=[worker],
        settings={
            "workers": setting("workers", 2),
            "limit_time_real_cron": setting("limit_time_real_cron", 30),
        },
        postgres=Postgres(local=True, max_connections=100, reserved_connections=3),
        proxy=NGINX,
    )


def test_a_plan_as_json_is_what_it_was_when_it_was_published() -> None:
    plan = make_plan(HOST, deployment=shop())
    text = msgspec.json.format(msgspec.json.encode(plan), indent=2).decode() + "\n"

    assert text == (GOLD / "golden_shop.json").read_text(encoding="utf-8")


def test_the_json_has_the_fields_of_its_contract() -> None:
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(make_plan(HOST)))

    assert told["schema"] == "workeroo/plan/1"
    contract = {
        "schema",
        "rule",
        "role",
        "host",
        "decisions",
        "memory",
        "connections",
        "warnings",
    }
    assert contract <= set(told)
    assert set(told["decisions"][0]) == {"option", "value", "was", "why", "evidence"}


def test_every_rule_is_found_by_its_file() -> None:
    assert list(RULES) == ["docs", "golden"]
    assert all(name == rule.name for name, rule in RULES.items())


@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("series", list(SERIES))
def test_every_rule_plans_for_every_series(rule: str, series: int) -> None:
    assert make_plan(HOST, rule=rule, series=series).series == series


def test_the_series_is_the_deployment_s_unless_somebody_says_another() -> None:
    assert make_plan(HOST, deployment=shop()).series == 17
    assert make_plan(HOST, deployment=shop(), series=16).series == 16
    assert make_plan(HOST).series == NEWEST


def test_proxy_mode_is_decided_where_nginx_was_seen_in_front() -> None:
    plan = make_plan(HOST, deployment=shop())

    assert plan.value("proxy_mode") is True
    assert plan.decisions[-2].option == "proxy_mode"
    assert plan.decisions[-2].evidence[0].source == "/etc/nginx/sites-enabled/shop:1"


@pytest.mark.parametrize(
    "proxy", [None, Unknown("no access"), msgspec.structs.replace(NGINX, sites=[])]
)
def test_proxy_mode_is_left_where_no_proxy_was_seen(proxy: Proxy | Unknown | None) -> None:
    odoo = msgspec.structs.replace(shop(), proxy=proxy)

    assert make_plan(HOST, deployment=odoo).value("proxy_mode") is None


def test_other_deployments_on_the_host_and_a_local_postgresql_are_said() -> None:
    warnings = make_plan(HOST, deployment=shop(), neighbours=2).warnings

    assert any(text.startswith("2 other deployments share this host") for text in warnings)
    assert any(text.startswith("PostgreSQL runs on this host too") for text in warnings)


def test_a_server_without_http_plans_no_http_process() -> None:
    odoo = Deployment(
        name="crons",
        mode="prefork",
        series=19,
        settings={
            "http_enable": Setting(option="http_enable", value=False, source="file", where="f:1")
        },
    )

    assert make_plan(HOST, deployment=odoo).connections.arithmetic == "(0 + 1) x 64 = 64"


def test_what_keeps_the_server_from_starting_and_is_left_as_it_is_is_said() -> None:
    def refused(option: str) -> Setting:
        return Setting(
            option=option,
            value="1 ; one",
            source="file",
            where="odoo.conf:9",
            refusal="'1 ; one' is no number",
        )

    odoo = Deployment(
        name="odoo",
        mode="not running",
        series=19,
        settings={name: refused(name) for name in ("workers", "limit_request")},
    )

    assert make_plan(HOST, deployment=odoo).warnings[0] == (
        "This plan leaves limit_request as it is, and Odoo does not start with it (odoo.conf:9):"
        " '1 ; one' is no number. `workeroo audit` has the cure."
    )


def test_a_number_too_long_for_json_is_shown_as_text() -> None:
    odoo = Deployment(
        name="odoo", mode="prefork", series=19, settings={"workers": setting("workers", 10**30)}
    )

    assert make_plan(HOST, deployment=odoo).decisions[0].was == "1" + "0" * 30


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"users": 0}, "0 users make no plan; give a number of 1 or more"),
        ({"users": -1}, "-1 users make no plan"),
        ({"masters": 0}, "0 masters make no plan"),
        ({"rule": "guess"}, "there is no rule 'guess'; take one of docs, golden"),
        ({"role": "boss"}, "there is no role 'boss'; take one of all, frontend, backend"),
        ({"series": 11}, "Odoo 11 is not known here; take one of 12"),
    ],
)
def test_what_makes_no_plan_is_refused_in_one_sentence(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_plan(HOST, **asked)

    assert str(caught.value).startswith(told)


def test_a_plan_survives_its_json() -> None:
    plan = make_plan(HOST, deployment=shop())

    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan

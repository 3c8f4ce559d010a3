"""The article's best practice for heavy crons: frontends for users, a backend for crons."""

from __future__ import annotations

import pytest

from workeroo.catalog.product import Value
from workeroo.errors import UsageError
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.postgres import Postgres
from workeroo.facts.proxy import Proxy, Site
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan
from workeroo.plan.split import Server, make_split
from workeroo.units import GIB

NGINX = Proxy(
    server="nginx",
    config="/etc/nginx/nginx.conf",
    sites=[Site(names=["shop"], listens=["80"], where="/etc/nginx/odoo:1", locations=[])],
)


def host(cores: int = 4, memory_bytes: int = 8 * GIB) -> Host:
    return Host(
        cores=Cores(logical=cores, declared=True),
        memory=Memory(total_bytes=memory_bytes, declared=True),
    )


def odoo(
    max_connections: int | None = None, proxy: Proxy | None = None, **now: Value
) -> Deployment:
    settings = {
        option: Setting(option=option, value=value, source="file", where="odoo.conf:7")
        for option, value in now.items()
    }
    postgres = (
        Unknown("not asked")
        if max_connections is None
        else Postgres(max_connections=max_connections, reserved_connections=3, local=True)
    )
    return Deployment(
        name="odoo", mode="prefork", series=19, settings=settings, postgres=postgres, proxy=proxy
    )


def why(plan: Plan, option: str) -> str:
    return next(decision.why for decision in plan.decisions if decision.option == option)


def test_the_article_s_table_of_server_a_and_server_b() -> None:
    split = make_split(Server(host=host()))

    assert (split.frontend.role, split.backend.role) == ("frontend", "backend")
    assert (split.frontend.value("workers"), split.frontend.value("max_cron_threads")) == (9, 0)
    assert (split.backend.value("workers"), split.backend.value("max_cron_threads")) == (2, 1)


def test_a_backend_for_crons_alone_has_no_http_worker() -> None:
    backend = make_split(Server(host=host()), cron_only=True).backend

    assert (backend.value("workers"), backend.value("max_cron_threads")) == (-1, 1)
    assert backend.memory.arithmetic.startswith("1 x 300 MB = 300 MB")
    assert any("wkhtmltopdf ask web.base.url" in warning for warning in backend.warnings)


@pytest.mark.parametrize("rule", ["golden", "docs"])
def test_only_a_backend_can_do_without_http_workers(rule: str) -> None:
    with pytest.raises(UsageError, match="--cron-only is for a backend, not for the role all"):
        make_plan(host(), rule=rule, cron_only=True)

    assert make_plan(host(), rule=rule, role="backend", cron_only=True).value("workers") == -1


def test_each_server_is_planned_for_its_own_host() -> None:
    split = make_split(Server(host=host(8, 64 * GIB)), Server(host=host(1, GIB)))

    assert split.frontend.value("workers") == 17
    assert split.frontend.host.cores == 8
    assert split.backend.host.cores == 1
    assert split.backend.memory.usable_bytes == GIB


def test_the_connections_of_all_masters_are_one_sum() -> None:
    split = make_split(Server(host=host()), frontends=2)

    assert split.connections.arithmetic == (
        "2 masters x ((9 + 0) x 64 + 1 x 64) + ((2 + 1) x 64 + 1 x 64) = 1536"
    )
    assert split.frontend.connections == split.backend.connections == split.connections


def test_one_pool_fits_all_masters_together() -> None:
    split = make_split(Server(host=host(), deployment=odoo(max_connections=300)), frontends=2)

    assert split.frontend.value("db_maxconn") == split.backend.value("db_maxconn") == 12
    assert split.connections.required == 2 * 10 * 12 + 4 * 12
    assert split.connections.fits
    assert why(split.backend, "db_maxconn") == (
        "12, not 64: 2 masters x ((9 + 0) x 64 + 1 x 64) + ((2 + 1) x 64 + 1 x 64) = 1536"
        " connections are more than the 297 that PostgreSQL gives;"
        " 2 masters x ((9 + 0) x 12 + 1 x 12) + ((2 + 1) x 12 + 1 x 12) = 288 fits"
    )


def test_a_backend_whose_pool_is_small_already_keeps_it_and_leaves_the_rest() -> None:
    small = Server(host=host(), deployment=odoo(max_connections=103, db_maxconn=5))

    split = make_split(Server(host=host(), deployment=odoo(max_connections=103)), small)

    assert split.backend.value("db_maxconn") is None
    assert split.frontend.value("db_maxconn") == (100 - 4 * 5) // 10
    assert split.connections.required == 100


def test_where_even_the_smallest_pools_do_not_fit_it_is_said() -> None:
    split = make_split(Server(host=host(), deployment=odoo(max_connections=30)))

    assert split.frontend.value("db_maxconn") == 4
    assert split.connections.fits is False
    for plan in (split.frontend, split.backend):
        assert any("raise max_connections to 59" in warning for warning in plan.warnings)


def test_the_lesser_of_two_told_figures_counts() -> None:
    front = Server(host=host(), deployment=odoo(max_connections=1003))

    split = make_split(front, Server(host=host(), deployment=odoo(max_connections=203)))

    assert split.connections.available == 200


def test_people_are_shared_by_the_frontends() -> None:
    split = make_split(Server(host=host()), rule="docs", users=30, frontends=2)

    assert split.frontend.value("workers") == 3
    assert "30 users on 2 frontends are 15 on each." in split.warnings


def test_a_backend_like_the_frontend_has_its_settings_but_neither_proxy_nor_postgresql() -> None:
    split = make_split(
        Server(host=host(), deployment=odoo(max_connections=900, proxy=NGINX, workers=5))
    )

    assert split.frontend.value("proxy_mode") is True
    assert split.backend.value("proxy_mode") is None
    assert split.backend.decisions[0].was == 5
    assert any("PostgreSQL runs on this host" in text for text in split.frontend.warnings)
    assert not any("PostgreSQL runs on this host" in text for text in split.backend.warnings)


def test_nginx_is_told_the_route_of_the_series_and_that_the_backend_is_not_for_users() -> None:
    old = make_split(Server(host=host()), series=15).proxy
    new = make_split(Server(host=host()), series=19, frontends=2).proxy

    assert any(text.startswith("/longpolling goes to longpolling_port") for text in old)
    assert any(text.startswith("/websocket goes to gevent_port") for text in new)
    assert "the backend stands in no upstream" in new[0]
    assert any("ip_hash" in text for text in new)
    assert not any("ip_hash" in text for text in old)


def test_frontends_trust_the_proxy_in_front_of_them_and_the_backend_has_none() -> None:
    split = make_split(Server(host=host()))

    assert split.frontend.value("proxy_mode") is True
    assert split.backend.value("proxy_mode") is None


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost"])
def test_a_frontend_that_listens_on_loopback_keeps_an_nginx_elsewhere_out(address: str) -> None:
    split = make_split(Server(host=host(), deployment=odoo(http_interface=address)))

    assert split.proxy[-1].startswith(f"http_interface = {address} (odoo.conf:7) keeps out")


@pytest.mark.parametrize("frontends", [0, -1, 100])
def test_a_number_of_frontends_that_makes_no_split_is_refused(frontends: int) -> None:
    with pytest.raises(UsageError, match=f"{frontends} frontends make no split; give 1 to 99"):
        make_split(Server(host=host()), frontends=frontends)

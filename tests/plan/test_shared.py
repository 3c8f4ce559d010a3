"""What a frontend and a backend must have in common, and what settings can tell of it."""

from __future__ import annotations

import pytest

from workeroo.catalog.product import Value
from workeroo.evidence import Maybe, Unknown
from workeroo.facts.conf import ConfFile, Entry, SecretTrait
from workeroo.facts.deployment import Deployment, Setting
from workeroo.plan.shared import Servers, Shared, shared


def odoo(
    now: dict[str, Value] | None = None,
    *,
    series: Maybe[int] = 19,
    trait: SecretTrait | None = None,
) -> Deployment:
    settings = {
        option: Setting(option=option, value=value, source="file", where="odoo.conf:7")
        for option, value in (now or {}).items()
    }
    entry = Entry(section="options", name="admin_passwd", value="***", line=2, secret=trait)
    conf = ConfFile(path="odoo.conf", entries=[entry])
    return Deployment(name="odoo", mode="prefork", series=series, settings=settings, conf=conf)


def told(
    what: str,
    frontend: Deployment | None = None,
    backend: Deployment | None = None,
    frontends: int = 1,
) -> Shared:
    servers = Servers(frontend=frontend, backend=backend, frontends=frontends)
    return next(each for each in shared(servers) if each.what == what)


DATABASE = "one PostgreSQL, the same database"
SAME_DATABASE: dict[str, Value] = {
    "db_host": "db.internal",
    "db_port": 5432,
    "db_name": "shop",
    "db_user": "odoo",
}


def test_without_a_server_nothing_but_the_sessions_of_one_frontend_is_known() -> None:
    known = {each.what: each.status for each in shared(Servers()) if each.status != "unknown"}

    assert known == {"the sessions": "known-good"}
    assert told("addons_path").why == "no server was looked at"


@pytest.mark.parametrize("db_host", [None, "", False, "/var/run/postgresql", "localhost"])
def test_a_database_that_only_its_own_host_reaches_cannot_be_shared(db_host: Value) -> None:
    found = told(DATABASE, odoo({"db_host": db_host}))

    assert found.status == "known-bad"
    assert "no other host can reach" in found.why
    assert "listen_addresses" in found.how
    assert found.evidence[0].source == "odoo.conf:7"


def test_two_sockets_are_one_postgresql_only_on_one_host() -> None:
    found = told(DATABASE, odoo({"db_host": None}), odoo({"db_host": None}))

    assert found.status == "known-bad"
    assert found.why.endswith("which no other host can reach; two Odoos on one host may share it")


def test_a_database_on_the_network_may_be_reached_and_that_must_be_tried() -> None:
    found = told(DATABASE, odoo(SAME_DATABASE))

    assert found.status == "unknown"
    assert "db_host = db.internal; whether the backend reaches it" in found.why


def test_two_servers_with_the_same_database_on_the_network_are_good() -> None:
    found = told(DATABASE, odoo(SAME_DATABASE), odoo(SAME_DATABASE))

    assert found.status == "known-good"
    assert "db_name is shop on both" in found.why


@pytest.mark.parametrize("option", ["db_host", "db_port", "db_name", "db_user"])
def test_each_option_of_the_database_is_compared(option: str) -> None:
    found = told(DATABASE, odoo(SAME_DATABASE), odoo(SAME_DATABASE | {option: "other"}))

    assert found.status == "known-bad"
    assert found.why == (
        f"{option} is {SAME_DATABASE[option]} on the frontend and other on the backend"
    )


def test_a_socket_here_and_an_address_there_can_be_one_postgresql() -> None:
    found = told(DATABASE, odoo(SAME_DATABASE | {"db_host": None}), odoo(SAME_DATABASE))

    assert found.status == "unknown"
    assert "the frontend uses a Unix socket" in found.why
    assert "whether db_host of the backend leads there cannot be told" in found.why


def test_whether_a_folder_is_on_shared_storage_is_never_claimed() -> None:
    here = odoo({"data_dir": "/srv/odoo"})

    for other in (None, odoo({"data_dir": "/srv/odoo"}), odoo({"data_dir": "/mnt/odoo"})):
        found = told("the filestore", here, other)
        assert found.status == "unknown"
        assert "NFS" in found.how


def test_the_sessions_of_several_frontends_must_be_shared() -> None:
    found = told("the sessions", odoo({"data_dir": "/srv/odoo"}), frontends=2)

    assert found.status == "unknown"
    assert "logged out" in found.how
    assert "/srv/odoo" in found.evidence[0].text


@pytest.mark.parametrize(
    ("here", "there", "status"),
    [
        (19, 19, "known-good"),
        (19, 18, "known-bad"),
        (19, Unknown("closed"), "unknown"),
    ],
)
def test_one_database_has_one_series(here: int, there: Maybe[int], status: str) -> None:
    assert told("the series of Odoo", odoo(series=here), odoo(series=there)).status == status


@pytest.mark.parametrize("option", ["addons_path", "server_wide_modules"])
def test_modules_are_compared(option: str) -> None:
    here, there = odoo({option: "a,b"}), odoo({option: "a"})

    assert told(option, here, here).status == "known-good"
    assert told(option, here, there).status == "known-bad"
    assert told(option, here, odoo()).status == "unknown"
    assert told(option, here).why == "the backend was not looked at"


@pytest.mark.parametrize("trait", ["plain", "hashed", "default"])
def test_passwords_are_never_compared_by_value(trait: SecretTrait) -> None:
    found = told("admin_passwd", odoo(trait=trait), odoo(trait="plain"))

    assert found.status == "unknown"
    assert "cannot be told" in found.why
    assert "***" not in found.why


def test_a_password_on_one_server_and_none_on_the_other_is_bad() -> None:
    assert told("admin_passwd", odoo(trait="empty"), odoo(trait="hashed")).status == "known-bad"
    assert told("admin_passwd", odoo(trait="empty"), odoo(trait="empty")).status == "unknown"


def test_a_value_that_a_terminal_could_take_for_a_command_is_quoted() -> None:
    assert (
        "\x1b"
        not in told("addons_path", odoo({"addons_path": "\x1b[2J"}), odoo({"addons_path": ""})).why
    )

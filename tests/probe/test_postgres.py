"""Is PostgreSQL asked as Odoo would ask it, without the password leaving the call?"""

from __future__ import annotations

import pytest

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Setting
from workeroo.facts.postgres import Postgres
from workeroo.probe.postgres import Asker, password_of, read_postgres
from workeroo.probe.world import Call, World

PASSWORD = "pw"  # noqa: S105 - of nobody
ANSWER = (
    '{"version": "15.14", "max_connections": 100, "reserved": 3, "connections": 7, "own": 6,'
    ' "shared_buffers_bytes": 134217728, "same_host": true}'
)


class AnsweringWorld(World):
    """A host whose psql gives one answer, and which remembers how it was asked."""

    def __init__(self, answer: str | Unknown) -> None:
        super().__init__()
        self.answer = answer
        self.calls: list[Call] = []

    def run(self, call: Call) -> str | Unknown:
        self.calls.append(call)
        return self.answer


def settings(**values: str | int | None) -> dict[str, Setting]:
    return {
        name: Setting(option=name, value=value, source="file", where="odoo.conf:1")
        for name, value in values.items()
    }


def asked(world: AnsweringWorld, told: dict[str, Setting]) -> Postgres | Unknown:
    return read_postgres(
        world, told, Asker(user=106, group=112, home="/var/lib/odoo", password=PASSWORD)
    )


def test_it_is_asked_with_odoo_s_own_settings() -> None:
    world = AnsweringWorld(ANSWER)
    found = asked(world, settings(db_host="db", db_port=5433, db_user="shop", db_name="a,b"))
    (call,) = world.calls

    assert isinstance(found, Postgres)
    assert {"--host=db", "--port=5433", "--username=shop", "--dbname=a"} <= set(call.argv)
    assert (call.user, call.group) == (106, 112)


def test_without_a_database_the_common_one_is_asked() -> None:
    world = AnsweringWorld(ANSWER)
    asked(world, settings(db_host=None, db_name=None))
    (call,) = world.calls

    assert "--dbname=postgres" in call.argv
    assert not any(argument.startswith("--host") for argument in call.argv)


def test_the_password_is_in_the_environment_of_the_call_alone() -> None:
    world = AnsweringWorld(ANSWER)
    asked(world, settings(db_host="db"))
    (call,) = world.calls

    assert call.environment["PGPASSWORD"] == "pw"
    assert "pw" not in call.argv


def test_a_refusal_is_unknown_with_its_reason() -> None:
    world = AnsweringWorld(Unknown("psql failed: no password supplied"))

    assert asked(world, settings(db_host="db")) == Unknown("psql failed: no password supplied")


def test_without_settings_nobody_is_asked() -> None:
    world = AnsweringWorld(ANSWER)

    assert isinstance(asked(world, {}), Unknown)
    assert world.calls == []


CONF = b"[options]\ndb_password = file%word\n"


@pytest.mark.parametrize(
    ("conf", "environment", "arguments", "password"),
    [
        (CONF, {}, [], "file%word"),
        (CONF, {"PGPASSWORD": "env"}, [], "env"),
        (CONF, {"PGPASSWORD": "env"}, ["-w", "told"], "told"),
        (b"[options]\ndb_password = False\n", {}, [], None),
        (b"no section", {}, [], None),
        (None, {}, [], None),
    ],
)
def test_the_password_is_found_where_odoo_finds_it(
    conf: bytes | None, environment: dict[str, str], arguments: list[str], password: str | None
) -> None:
    assert password_of(conf, environment, arguments) == password

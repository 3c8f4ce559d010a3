"""What does the PostgreSQL server of a deployment allow?

Asked through the program psql, as the user that runs Odoo, so that peer authentication works as
it does for Odoo itself.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping, Sequence

import msgspec

from workeroo.evidence import Unknown
from workeroo.facts.commandline import value_of
from workeroo.facts.deployment import Setting
from workeroo.facts.postgres import Postgres
from workeroo.facts.psql import QUESTION, answered
from workeroo.facts.secrets import NO_PASSWORD
from workeroo.probe.world import Call, World

_CONNECT_TIMEOUT_SECONDS = 3
"""A database that takes longer to answer makes Odoo unusable anyway."""


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and as whom.

    Attributes:
        user: id of the user that Odoo runs as; None to ask as the own user.
        group: likewise.
        home: of that user, where a .pgpass may lie.
        password: of db_user. It goes into psql's environment and nowhere else.
    """

    user: int | None
    group: int | None
    home: str
    password: str | None


def read_postgres(
    world: World, settings: Mapping[str, Setting], asker: Asker
) -> Postgres | Unknown:
    """Ask the PostgreSQL server that the settings name.

    Args:
        world: where psql runs.
        settings: effective ones; db_host, db_port, db_user and db_name count.
        asker: who asks.
    """
    call = psql_call(settings, asker, QUESTION)
    if isinstance(call, Unknown):
        return call
    answer = world.run(call)
    return answered(answer, host=_text(settings, "db_host")) if isinstance(answer, str) else answer


def psql_call(settings: Mapping[str, Setting], asker: Asker, question: str) -> Call | Unknown:
    """How psql is called to ask a question."""
    if not settings:
        return Unknown("without the settings it is not known which PostgreSQL is used")
    options = {
        "--host": _text(settings, "db_host"),
        "--port": _text(settings, "db_port"),
        "--username": _text(settings, "db_user"),
        "--dbname": _text(settings, "db_name").partition(",")[0].strip() or "postgres",
    }
    argv = ["psql", "--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--quiet"]
    argv += [f"{flag}={value}" for flag, value in options.items() if value]
    environment = {"HOME": asker.home, "PGCONNECT_TIMEOUT": str(_CONNECT_TIMEOUT_SECONDS)}
    environment["PGAPPNAME"] = "workeroo"
    if asker.password:
        environment["PGPASSWORD"] = asker.password
    if sslmode := _text(settings, "db_sslmode"):
        environment["PGSSLMODE"] = sslmode
    return Call(
        argv=[*argv, f"--command={question}"],
        user=asker.user,
        group=asker.group,
        environment=environment,
    )


def password_of(
    conf: bytes | None, environment: Mapping[str, str], arguments: Sequence[str]
) -> str | None:
    """The database password, by the same ranking as every option; it must not be kept."""
    told = value_of(arguments, "-w", "--db_password")
    variable = environment.get("PGPASSWORD") or environment.get("ODOO_DB_PASSWORD")
    for value in (told, variable, _in_file(conf)):
        if value and value not in NO_PASSWORD:
            return value
    return None


def _in_file(conf: bytes | None) -> str | None:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string((conf or b"").decode("utf-8-sig", "replace"))
    except configparser.Error:
        return None
    return parser.get("options", "db_password", fallback=None)


def _text(settings: Mapping[str, Setting], option: str) -> str:
    setting = settings.get(option)
    value = setting.value if setting else None
    return "" if value is None or value is False else str(value)

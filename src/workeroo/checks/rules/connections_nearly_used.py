"""Are the connections of PostgreSQL nearly all taken?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts
from workeroo.model.connections import available

ID = "connections-nearly-used"

MUCH_PERCENT = 80
"""Of the connections for ordinary users: an assumption, one worker's pool away from trouble."""

FULL_PERCENT = 95
"""An assumption: with 97 connections, four are left."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """What is open at this moment."""
    del facts
    postgres, room = deployment.postgres, available(deployment.postgres)
    if not is_known(postgres) or not is_known(room) or not is_known(postgres.connections):
        return  # connection-budget says what could not be seen
    taken = postgres.connections
    if not room or 100 * taken < MUCH_PERCENT * room:
        return
    yield Finding(
        rule=ID,
        severity="error" if 100 * taken >= FULL_PERCENT * room else "warning",
        confidence="high",
        title=f"{taken} of {room} database connections are taken",
        evidence=[
            Evidence("measured", f"{taken} client connections open", "pg_stat_activity"),
            Evidence("read", f"{room} for ordinary users", "PostgreSQL: pg_settings"),
        ],
        cure="lower db_maxconn, close what else is connected, or raise max_connections",
        deployment=deployment.name,
    )


RULE = Rule(id=ID, title="Connections nearly all taken", severity="warning", check=check)

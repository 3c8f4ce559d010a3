"""Does a process run out of database connections by itself?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts
from workeroo.model.connections import SMALLEST_POOL

ID = "pool-too-small"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A pool that one request may empty."""
    del facts
    pool = number(deployment, "db_maxconn")
    if pool is None or pool >= SMALLEST_POOL:
        return
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"db_maxconn = {pool}: one request may need more connections than that",
        evidence=[
            cited(deployment, "db_maxconn"),
            Evidence("assumed", "a process uses one to three at a time, and one on the side"),
        ],
        cure=f"set db_maxconn = {2 * SMALLEST_POOL}",
        deployment=deployment.name,
        where=where(deployment, "db_maxconn"),
    )


RULE = Rule(id=ID, title="A connection pool that is too small", severity="warning", check=check)

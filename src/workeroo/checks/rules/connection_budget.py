"""Does PostgreSQL have a connection for every process that may want one?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_live, where
from workeroo.checks.demand import demand_of
from workeroo.checks.product import CouldNotTell, Finding, Rule, Severity, Verdict
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts
from workeroo.model.connections import SMALLEST_POOL, Demand, available

ID = "connection-budget"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Most connections that can be asked for, against what PostgreSQL gives."""
    if deployment.setting("db_maxconn") is None:
        return
    room = available(deployment.postgres)
    if not is_known(room):
        yield CouldNotTell(rule=ID, reason=f"PostgreSQL: {room.reason}", deployment=deployment.name)
        return
    demand, others = demand_of(deployment), _others(facts, deployment)
    if demand.required + others > room:
        yield _finding(deployment, demand, others, room)


def _others(facts: Facts, deployment: Deployment) -> int:
    """What the other Odoos of the host can ask of the same local PostgreSQL."""
    if not _is_local(deployment):
        return 0
    return sum(
        demand_of(other).required
        for other in facts.deployments
        if other.name != deployment.name and _is_local(other) and is_live(other)
    )


def _is_local(deployment: Deployment) -> bool:
    return is_known(deployment.postgres) and deployment.postgres.local is True


def _finding(deployment: Deployment, demand: Demand, others: int, room: int) -> Finding:
    certain = demand.usual_high > room
    severity: Severity = "error" if certain else "warning"
    total = demand.required + others
    return Finding(
        rule=ID,
        severity=severity,
        confidence="high" if certain else "medium",
        title=f"{total} database connections can be asked for, PostgreSQL gives {room}",
        evidence=[
            Evidence("read", f"{room} connections for ordinary users", "PostgreSQL: pg_settings"),
            Evidence("read", demand.arithmetic, "processes x db_maxconn"),
            *_of_others(others),
            cited(deployment, "db_maxconn"),
            Evidence(
                "assumed",
                f"a process keeps one to three as a rule, here {demand.usual_text}",
                "seen on live workers",
            ),
        ],
        cure=_cure(demand, others, room),
        deployment=deployment.name,
        where=where(deployment, "db_maxconn"),
    )


def _of_others(others: int) -> list[Evidence]:
    return [Evidence("read", f"{others} more by other Odoos on this host")] if others else []


def _cure(demand: Demand, others: int, room: int) -> str:
    pool = demand.largest_pool(room - others)
    total = demand.required + others
    more = f"set max_connections = {-(-total // 50) * 50 + 50} in PostgreSQL"
    if pool < SMALLEST_POOL:
        return f"{more}, or run fewer workers: the pools would be too small otherwise"
    return f"set db_maxconn = {pool}, or {more}"


RULE = Rule(id=ID, title="More connections than PostgreSQL has", severity="warning", check=check)

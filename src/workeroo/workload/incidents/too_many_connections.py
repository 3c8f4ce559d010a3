"""Did PostgreSQL refuse connections because it had too many?"""

from __future__ import annotations

from workeroo.units import format_count
from workeroo.workload.attempts import unexplained_failures
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import evidence_of, tell


def judge(story: Story, profile: Profile) -> Incident | None:
    """By PostgreSQL's own words, which Odoo writes down only for some of its failed attempts."""
    del profile
    told = story.of("too-many-clients")
    if told is None:
        return None
    failed = story.of("connection-failed")
    count = max(told.count, unexplained_failures(story) + told.count) if failed else told.count
    events = story.events("too-many-clients", "connection-failed") if failed else told.events
    return tell(
        RULE,
        events,
        title=f"PostgreSQL refused {format_count(count, 'connection')}: it had as many as it may",
        count=count,
        needle="FATAL:",
        evidence=evidence_of(told.events, "FATAL:"),
    )


RULE = IncidentRule(
    id="too-many-connections",
    title="PostgreSQL had too many connections",
    severity="error",
    cause="All processes of all servers together opened max_connections connections; each process "
    "may open db_maxconn of them.",
    cure="Lower db_maxconn to what a process needs and raise max_connections to the sum "
    "(`workeroo plan` and `workeroo render postgresql`; "
    "`workeroo audit --explain connection-budget`).",
    judge=judge,
)

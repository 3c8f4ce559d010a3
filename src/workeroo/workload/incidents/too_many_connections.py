"""Did PostgreSQL refuse connections because it had too many?"""

from __future__ import annotations

from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import tell_sighting


def judge(story: Story, profile: Profile) -> Incident | None:
    """By PostgreSQL's own words."""
    del profile
    told = story.of("too-many-clients")
    if told is None:
        return None
    return tell_sighting(
        RULE,
        told,
        title=f"PostgreSQL refused {told.count} connections: it had as many as it may",
        needle="FATAL:",
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

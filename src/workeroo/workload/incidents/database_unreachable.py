"""Was PostgreSQL away?"""

from __future__ import annotations

from workeroo.workload.product import Confidence, Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import commonest, tell_sighting

CUT = "terminating connection due to administrator command"
"""Odoo itself has PostgreSQL say this to its other processes when it drops or copies a database."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """By the words of PostgreSQL or of its library."""
    del profile
    told = story.of("database-unreachable")
    if told is None:
        return None
    reasons = told.values.get("reason", {})
    reason = commonest(told, "reason") or "no answer"
    only_cut = list(reasons) == [CUT]
    sure: Confidence = "medium" if only_cut else "high"
    return tell_sighting(
        RULE,
        told,
        title=f"the database could not be reached {told.count} times: {reason}",
        confidence=sure,
        severity="warning" if only_cut else None,
        needle=reason,
    )


RULE = IncidentRule(
    id="database-unreachable",
    title="PostgreSQL does not answer",
    severity="error",
    cause="PostgreSQL is stopped, restarting, unreachable, or refuses this user; every request "
    "fails meanwhile.",
    cure="See why in PostgreSQL's own log, and whether db_host, db_port and db_user are right; "
    "`workeroo facts` shows whether it answers now.",
    judge=judge,
)

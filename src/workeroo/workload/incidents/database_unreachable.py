"""Was PostgreSQL away?"""

from __future__ import annotations

from workeroo.workload.attempts import unexplained_failures
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import commonest, tell, times

CUT = "terminating connection due to administrator command"
"""Odoo itself has PostgreSQL say this to its other processes when it drops or copies a database."""

SILENT_FAILURES = 3
"""A session of a database that was dropped fails once without a reason; a database that is away
fails every request twice."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """By the words of PostgreSQL or its library; or by attempts that fail and nobody says why."""
    del profile
    told = story.of("database-unreachable")
    silent = _silent_failures(story)
    if told is None:
        return _without_reason(story, silent) if silent >= SILENT_FAILURES else None
    reasons = told.values.get("reason", {})
    reason = commonest(told, "reason") or "no answer"
    only_cut = list(reasons) == [CUT]
    count = told.count + silent
    return tell(
        RULE,
        told.events,
        title=f"the database could not be reached, {times(count)}: {reason}",
        count=count,
        span=(told.first, told.last),
        confidence="medium" if only_cut else "high",
        severity="warning" if only_cut else None,
    )


def _silent_failures(story: Story) -> int:
    """Failed attempts of which nothing else in the log tells the reason."""
    if story.count("too-many-clients"):
        return 0  # there PostgreSQL answers, and the others of its failures are the same
    return unexplained_failures(story)


def _without_reason(story: Story, count: int) -> Incident:
    return tell(
        RULE,
        story.events("connection-failed"),
        title=f"connections to the database failed {times(count)}; the log does not say why",
        count=count,
        confidence="medium",
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

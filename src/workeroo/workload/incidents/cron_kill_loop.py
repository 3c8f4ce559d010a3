"""Are idle cron workers killed in their sleep, again and again?"""

from __future__ import annotations

from workeroo.workload.kills import Kill, kills
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import tell

SAFE_SECONDS = 75
"""A cron worker sleeps 60 + (pid mod 10) seconds between two signs of life, and the master looks
every 4: below this, an idle one can be killed. odoo/service/server.py: WorkerCron, every series."""

SURE_SECONDS = 60
"""At this limit and below, every idle cron worker is killed at every sleep."""

LOOP = 2
"""One kill alone may be a host that stood still for a minute."""


def idle_kills(story: Story, profile: Profile) -> list[Kill]:
    """The cron workers that were killed without any work begun, at a limit within their sleep."""
    return [
        kill for kill in kills(story, profile) if kill.idle and kill.limit_seconds < SAFE_SECONDS
    ]


def judge(story: Story, profile: Profile) -> Incident | None:
    """Several kills of cron workers that had nothing to do."""
    found = idle_kills(story, profile)
    if len(found) < LOOP:
        return None
    limit = min(kill.limit_seconds for kill in found)
    sighting = story.of("worker-timeout")
    parts = sighting.values.get("part", {}) if sighting else {}
    kept = sum(kill.cron for kill in kills(story, profile))
    return tell(
        RULE,
        [kill.event for kill in found],
        title=f"idle cron workers killed again and again: they sleep longer than {limit} s",
        count=len(found) + max(parts.get("WorkerCron", 0) - kept, 0),
        confidence="high" if limit <= SURE_SECONDS else "medium",
    )


RULE = IncidentRule(
    id="cron-kill-loop",
    title="Idle cron workers killed in their sleep",
    severity="error",
    cause="A cron worker sleeps 60 to 69 seconds between two signs of life; with a shorter "
    "limit_time_real_cron (or limit_time_real where that is -1) the master takes the sleep for a "
    "request that hangs.",
    cure="Set limit_time_real_cron = 120 or more (`workeroo plan`, then `workeroo apply`; "
    "`workeroo audit --explain cron-kill-loop`).",
    judge=judge,
)

"""Do processes take long to load a database before they serve?"""

from __future__ import annotations

from workeroo.workload.product import Incident, Severity
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import tell

SLOW_SECONDS = 10.0
"""A load of some seconds is normal; at ten, whoever meets it thinks that the server hangs."""

FEW_LOADS = 3
"""An update of modules loads slowly once, and so does a start; workers that load again and again
do so more often."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """Slow loads, several of them."""
    del profile
    loads = story.events("registry-loaded") or story.events("modules-loaded")
    slow = [event for event in loads if float(event.values["took"]) >= SLOW_SECONDS]
    if len(slow) < FEW_LOADS:
        return None
    longest = max(float(event.values["took"]) for event in slow)
    processes = {event.pid for event in slow}
    severity: Severity = "warning" if len(processes) >= FEW_LOADS else "note"
    return tell(
        RULE,
        slow,
        title=f"{len(slow)} times a process took up to {longest:.0f} s to load its database",
        severity=severity,
    )


RULE = IncidentRule(
    id="slow-registry",
    title="Loading a database takes long",
    severity="warning",
    cause="Without db_name the master loads nothing, so every new worker loads all modules of the "
    "database in its first request, and again after each recycle.",
    cure="Set db_name, so that the master loads it once and workers inherit it (`workeroo plan`; "
    "`workeroo audit --explain db-name-missing`); recycle more rarely, and remove modules that "
    "nobody uses.",
    judge=judge,
)

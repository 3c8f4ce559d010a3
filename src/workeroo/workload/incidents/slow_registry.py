"""Do processes take long to load a database before they serve?"""

from __future__ import annotations

from workeroo.workload.product import Incident, Severity
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Event, Story
from workeroo.workload.telling import tell, times

SLOW_SECONDS = 10.0
"""A load of some seconds is normal; at ten, whoever meets it thinks that the server hangs."""

AGAIN_AND_AGAIN = 3
"""Processes: from here on it is workers that load, and no longer a start."""

_MARGIN_SECONDS = 5.0


def judge(story: Story, profile: Profile) -> Incident | None:
    """Slow loads; those that update modules take their time by right."""
    del profile
    loads = story.events("registry-loaded") or story.events("modules-loaded")
    updates = story.events("tables-updated")
    slow = [
        event
        for event in loads
        if float(event.values["took"]) >= SLOW_SECONDS and not _updates(event, updates)
    ]
    if not slow:
        return None
    longest = max(float(event.values["took"]) for event in slow)
    severity: Severity = "note"
    if len({event.pid for event in slow}) >= AGAIN_AND_AGAIN:
        severity = "warning"
    return tell(
        RULE,
        slow,
        title=f"a process took up to {longest:.0f} s to load its database, {times(len(slow))}",
        severity=severity,
    )


def _updates(load: Event, updates: list[Event]) -> bool:
    """Whether a process installed or updated modules while it loaded."""
    since = load.at - float(load.values["took"]) - _MARGIN_SECONDS
    return any(one.pid == load.pid and since <= one.at <= load.at for one in updates)


RULE = IncidentRule(
    id="slow-registry",
    title="Loading a database takes long",
    severity="warning",
    cause="A process loads all modules of a database before it serves: the master at the start, or "
    "without db_name every new worker in its first request. It takes long where there are many "
    "modules, or where the database is slow or locked.",
    cure="Set db_name, so that the master loads it once and workers inherit it (`workeroo plan`; "
    "`workeroo audit --explain db-name-missing`); recycle more rarely, and remove modules that "
    "nobody uses.",
    judge=judge,
)

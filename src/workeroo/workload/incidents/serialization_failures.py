"""Do requests change the same records at the same time, and have to be done again?"""

from __future__ import annotations

from workeroo.workload.product import Incident, Severity
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Sighting, Story
from workeroo.workload.telling import most_in_an_hour, tell

OFTEN_IN_AN_HOUR = 60
"""Each retry sleeps up to 2, then 4, 8, 16 seconds and holds its worker: at one a minute that shows
in the pages of others. Below, Odoo's retry does what it is for."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """A note while retries help; a warning where they are many, or where one was given up."""
    del profile
    found = [story.of(kind) for kind in ("serialization-retry", "serialization-error")]
    given_up = story.count("serialization-given-up")
    told = [sighting for sighting in found if sighting is not None]
    if given_up:
        told += [s for s in [story.of("serialization-given-up")] if s is not None]
    if not told:
        return None
    most = max(told, key=lambda sighting: sighting.count)
    often = most_in_an_hour(most) >= OFTEN_IN_AN_HOUR
    severity: Severity = "warning" if given_up or often else "note"
    lost = f", {given_up} requests failed for good" if given_up else ""
    return tell(
        RULE,
        story.events("serialization-given-up") or most.events,
        title=f"{most.count} times a change met another of the same record{lost}",
        count=most.count,
        span=_span(told),
        severity=severity,
        needle="could not serialize access",
    )


def _span(told: list[Sighting]) -> tuple[float, float]:
    return min(one.first for one in told), max(one.last for one in told)


RULE = IncidentRule(
    id="serialization-failures",
    title="Requests change the same records at the same time",
    severity="note",
    cause="Two transactions changed the same record; Odoo does the later one over, up to five "
    "times, and sleeps before each, which holds its worker.",
    cure="Find the table in the evidence: often it is a scheduled action or a queue that writes "
    "what users write too. Run it at another time, in smaller steps, or one at a time; more "
    "workers make it worse.",
    judge=judge,
)

"""Do requests change the same records at the same time, and have to be done again?"""

from __future__ import annotations

from workeroo.units import format_count
from workeroo.workload.product import Incident, Severity
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import most_in_an_hour, tell, times

OFTEN_IN_AN_HOUR = 60
"""Each retry sleeps up to 2, then 4, 8, 16 seconds and holds its worker: at one a minute that shows
in the pages of others. Below, Odoo's retry does what it is for."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """A note while retries help; a warning where they are many, or where one was given up."""
    del profile
    retries, errors = story.of("serialization-retry"), story.of("serialization-error")
    given_up = story.of("serialization-given-up")
    told = [sighting for sighting in (retries, errors, given_up) if sighting is not None]
    if not told:
        return None
    lost = given_up.count if given_up else 0
    count = max((retries.count if retries else 0) + lost, errors.count if errors else 0)
    often = max(map(most_in_an_hour, told)) >= OFTEN_IN_AN_HOUR
    severity: Severity = "warning" if lost or often else "note"
    for_good = f"; {format_count(lost, 'request')} failed for good" if lost else ""
    return tell(
        RULE,
        [*(errors or told[0]).events, *(given_up.events if given_up else [])],
        title=f"a change met another of the same record {times(count)}{for_good}",
        count=count,
        span=(min(one.first for one in told), max(one.last for one in told)),
        severity=severity,
    )


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

"""Did the server fail to start because of its odoo.conf or its command line?"""

from __future__ import annotations

from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Event, Story
from workeroo.workload.telling import MOST_LINES, tell

SURE = ("config-unparsable", "config-value", "config-usage")

PARSER = "odoo/tools/config.py"
"""A frame of the traceback: without it, a wrong number came from elsewhere in Odoo."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """By Python's own words from Odoo's parser."""
    del profile
    numbers = [event for event in story.events("config-number") if _from_parser(event)]
    events = sorted([*story.events(*SURE), *numbers], key=lambda event: event.at)
    if not events:
        return None
    count = sum(story.count(kind) for kind in SURE) + len(numbers)
    last = events[-1].values
    reasons = list(dict.fromkeys(f"{e.values['error']}: {e.values['reason']}" for e in events))
    return tell(
        RULE,
        events,
        title=f"the server does not start: {last['reason']}",
        count=count,
        evidence=reasons[:MOST_LINES],
    )


def _from_parser(event: Event) -> bool:
    """Whether a wrong number comes from odoo.conf; one that stands all alone does."""
    if not event.level:
        return not event.tail or any(PARSER in line for line in event.tail)
    return any(PARSER in line for line in event.tail)


RULE = IncidentRule(
    id="config-error",
    title="The server does not start with its configuration",
    severity="error",
    cause="odoo.conf or the command line has something that this Odoo does not take: often a "
    "comment behind a value, a unit, an option that stands twice, or no [options].",
    cure="`workeroo audit` names file and line (`workeroo audit --explain conf-refused`, "
    "`workeroo audit --explain inline-comment`); `workeroo plan` and `workeroo apply` write one "
    "that starts.",
    judge=judge,
)

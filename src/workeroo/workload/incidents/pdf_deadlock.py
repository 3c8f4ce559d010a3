"""Did printing lock workers against each other?"""

from __future__ import annotations

from workeroo.workload.kills import kills
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import MOST_LINES, line_of, tell, times

NO_ANSWER = ("TimeoutError", "OperationCanceledError", "RemoteHostClosedError")
"""What wkhtmltopdf says when the server takes its connection and never answers. A refused
connection is a wrong report.url, and no deadlock."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """Killed workers that were printing, or a wkhtmltopdf that waited for its own server."""
    killed = [kill for kill in kills(story, profile) if kill.printing]
    waited = [
        event
        for event in story.events("pdf-network-error")
        if event.values.get("error") in NO_ANSWER
    ]
    if not killed and not waited:
        return None
    one = story.events("pdf-one-worker")
    lines = [line_of(event) for event in one[:1]]
    for kill in killed:
        lines += [kill.last_line, line_of(kill.event)]
    lines += [line_of(event, "network error") for event in waited]
    events = sorted([*(kill.event for kill in killed), *waited], key=lambda event: event.at)
    how = "with the only worker" if one else "with all workers at once"
    return tell(
        RULE,
        events,
        title=f"printing {how} waited for itself {times(len(events))}",
        confidence="high" if one else "medium",
        evidence=list(dict.fromkeys(lines))[:MOST_LINES],
    )


RULE = IncidentRule(
    id="pdf-deadlock",
    title="Printing waits for itself",
    severity="error",
    cause="A worker that prints waits for wkhtmltopdf, which asks the same server for style sheets "
    "and images; where no other worker is free to answer, both wait until a limit ends it.",
    cure="Two workers at least, and more than people print at once (`workeroo plan`, then "
    "`workeroo apply`; `workeroo audit --explain pdf-deadlock`).",
    judge=judge,
)

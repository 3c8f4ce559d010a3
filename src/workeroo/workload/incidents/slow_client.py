"""Do clients hold workers while they send or read slowly?"""

from __future__ import annotations

from workeroo.workload.product import Incident, Severity
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Event, Story
from workeroo.workload.telling import tell, times

MANY = 20
"""Each holds a worker for 2 s; a few come with every browser that connects in advance."""

TIMED_OUT = ("TimeoutError", "socket.timeout", "timed out")


def judge(story: Story, profile: Profile) -> Incident | None:
    """By the socket's timeout, of a request's head or of its body."""
    del profile
    silent = story.of("client-timeout")
    cut = [event for event in story.events("client-cut") if _timed_out(event)]
    events = [*(silent.events if silent else []), *cut]
    if not events:
        return None
    count = (silent.count if silent else 0) + len(cut)
    severity: Severity = "warning" if count >= MANY or cut else "note"
    return tell(
        RULE,
        sorted(events, key=lambda event: event.at),
        title=f"a slow client held a worker until the socket's timeout, {times(count)}",
        count=count,
        severity=severity,
        needle="imed out",
    )


def _timed_out(event: Event) -> bool:
    return any(word in line for line in event.tail for word in TIMED_OUT)


RULE = IncidentRule(
    id="slow-client",
    title="Slow clients hold workers",
    severity="warning",
    cause="Clients reach the workers themselves, or through a proxy that does not buffer: one that "
    "sends or reads slowly holds a worker, and is cut off after 2 s.",
    cure="Put a buffering proxy in front and close the port to others (`workeroo render nginx`; "
    "`workeroo audit --explain proxy-buffering-off`, `workeroo audit --explain no-proxy`).",
    judge=judge,
)

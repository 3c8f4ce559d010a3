"""Does the server start again and again without being asked to?"""

from __future__ import annotations

from workeroo.units import format_seconds
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.starts import Start, crowded, runs_without_a_stop, servers
from workeroo.workload.story import Event, Story
from workeroo.workload.telling import tell, times

WINDOW_SECONDS = 900.0
"""A quarter of an hour: systemd's Restart= and containers come back within seconds to minutes."""

DYING = 4
"""So many starts, with three ends between them that nobody asked for: one may be a power cut, two a
repair."""

ASKED = 6
"""So many orderly starts in the same time: no person restarts a server every other minute."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """Starts that crowd together; a normal restart, and the first start of a log, are none."""
    del profile
    known = servers(story)
    dying = [_dying(server) for server in known]
    ends = sum(not start.asked for server in dying for start in server)
    if ends:
        who, was, width = _told(dying)
        return tell(
            RULE,
            _events(dying),
            title=f"{who} died and {was} started again {times(ends)} within {width}",
            count=ends,
        )
    asked = [crowded(server, ASKED, WINDOW_SECONDS) for server in known]
    again = sum(len(server) - 1 for server in asked if server)
    if not again:
        return None
    who, was, width = _told(asked)
    return tell(
        RULE,
        _events(asked),
        title=f"{who} {was} restarted {times(again)} within {width}",
        count=again,
        severity="warning",
        confidence="medium",
        cause="Something asks the server to stop and starts it again: a health check that is too "
        "strict, a limit of the container, or a script.",
    )


def _dying(server: list[Start]) -> list[Start]:
    runs = runs_without_a_stop(server)
    return [start for run in runs for start in crowded(run, DYING, WINDOW_SECONDS)]


def _events(found: list[list[Start]]) -> list[Event]:
    events = [start.event for server in found for start in server]
    return sorted(events, key=lambda event: event.at)


def _told(found: list[list[Start]]) -> tuple[str, str, str]:
    """Who it was, and within which time."""
    events = _events(found)
    count = sum(bool(server) for server in found)
    who, was = ("the server", "was") if count == 1 else (f"{count} servers", "were")
    return who, was, format_seconds(events[-1].at - events[0].at)


RULE = IncidentRule(
    id="restart-loop",
    title="The server starts again and again",
    severity="error",
    cause="The server ended without having been asked to, and its manager started it anew; the "
    "lines just before each start tell why.",
    cure="Read the lines before each start: a port in use, a database that is away, odoo.conf, or "
    "the kernel for want of memory. `workeroo audit` finds what the configuration does to it.",
    judge=judge,
)

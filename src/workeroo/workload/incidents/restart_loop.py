"""Does the server start again and again without being asked to?"""

from __future__ import annotations

from workeroo.units import format_seconds
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.starts import Start, crowded, runs_without_a_stop, starts
from workeroo.workload.story import Story
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
    known = starts(story)
    dying = [
        start for run in runs_without_a_stop(known) for start in crowded(run, DYING, WINDOW_SECONDS)
    ]
    ends = sum(not start.asked for start in dying)
    if dying:
        return tell(
            RULE,
            [start.event for start in dying],
            title=f"the server died and was started again {times(ends)} within {_width(dying)}",
            count=ends,
        )
    asked = crowded(known, ASKED, WINDOW_SECONDS)
    if not asked:
        return None
    return tell(
        RULE,
        [start.event for start in asked],
        title=f"the server was restarted {times(len(asked) - 1)} within {_width(asked)}",
        count=len(asked) - 1,
        severity="warning",
        confidence="medium",
        cause="Something asks the server to stop and starts it again: a health check that is too "
        "strict, a limit of the container, or a script.",
    )


def _width(found: list[Start]) -> str:
    return format_seconds(found[-1].event.at - found[0].event.at)


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

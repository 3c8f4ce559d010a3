"""Does the server start again and again without being asked to?"""

from __future__ import annotations

from workeroo.units import format_seconds
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.starts import Start, starts
from workeroo.workload.story import Story
from workeroo.workload.telling import tell

WINDOW_SECONDS = 900.0
"""A quarter of an hour: systemd's Restart= and containers come back within seconds to minutes."""

UNASKED = 3
"""So many starts without a "Stopping" before them: one may be a power cut, two a repair."""

ASKED = 6
"""So many orderly restarts in the same time: no person restarts a server every other minute."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """Starts that crowd together; a normal restart, and the first start of a log, are none."""
    del profile
    known = starts(story)
    crashes = _crowded([start for start in known if not start.asked], UNASKED)
    if crashes:
        return tell(
            RULE,
            [start.event for start in crashes],
            title=f"the server died and started again {len(crashes)} times within "
            f"{_width(crashes)}",
        )
    asked = _crowded(known[1:], ASKED)
    if not asked:
        return None
    return tell(
        RULE,
        [start.event for start in asked],
        title=f"the server was restarted {len(asked)} times within {_width(asked)}",
        severity="warning",
        confidence="medium",
        cause="Something asks the server to stop and starts it again: a health check that is too "
        "strict, a limit of the container, or a script.",
    )


def _crowded(found: list[Start], least: int) -> list[Start]:
    """The starts that stand with enough others in one window."""
    crowded: dict[int, Start] = {}
    for first in range(len(found) - least + 1):
        group = found[first : first + least]
        if group[-1].event.at - group[0].event.at <= WINDOW_SECONDS:
            crowded |= {first + place: start for place, start in enumerate(group)}
    return list(crowded.values())


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

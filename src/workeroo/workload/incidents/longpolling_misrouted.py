"""Do long polls arrive at workers that cannot hold them?"""

from __future__ import annotations

from workeroo.units import format_count
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import tell_sighting


def judge(story: Story, profile: Profile) -> Incident | None:
    """By Odoo's own exception."""
    del profile
    told = story.of("bus-unavailable")
    if told is None:
        return None
    return tell_sighting(
        RULE,
        told,
        title=f"chat is dead: {format_count(told.count, 'poll')} reached an HTTP worker",
        needle="bus.Bus unavailable",
    )


RULE = IncidentRule(
    id="longpolling-misrouted",
    title="Long polls reach HTTP workers",
    severity="error",
    cause="The proxy sends /longpolling to the HTTP port; only the evented process answers polls, "
    "and browsers ask again at once.",
    cure="Send location /longpolling to longpolling_port, 8072 by default "
    "(`workeroo render nginx`, then `workeroo apply`); `workeroo prove longpolling` shows that it "
    "works, `workeroo audit --explain bus-route-wrong` why it did not.",
    judge=judge,
)

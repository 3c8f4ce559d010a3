"""Do websockets arrive at workers that cannot hold them?"""

from __future__ import annotations

from workeroo.catalog.series import SERIES
from workeroo.units import format_count
from workeroo.workload.mode import ONLY_PREFORK
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import commonest, tell, tell_sighting

ROUTE = "GET /websocket"


def judge(story: Story, profile: Profile) -> Incident | None:
    """By Odoo's own line; the early 16.0 says less, and is believed less."""
    told = story.of("websocket-unbound")
    if told is not None:
        return tell_sighting(
            RULE,
            told,
            title=f"chat is dead: {format_count(told.count, 'websocket')} reached HTTP workers",
            cure=_cure(commonest(told, "port"), profile),
            needle="Couldn't bind the websocket",
        )
    events = [e for e in story.events("websocket-no-socket") if _about_websocket(e.tail)]
    if not events:
        return _by_requests(story, profile)
    return tell(
        RULE,
        events,
        title="chat is dead: websockets reached HTTP workers",
        confidence="medium",
        cure=_cure(None, profile),
        needle="KeyError: 'socket'",
    )


def _by_requests(story: Story, profile: Profile) -> Incident | None:
    """Handshakes in the lines of HTTP workers; the evented process writes its own elsewhere."""
    if not any(story.count(kind) for kind in ONLY_PREFORK):
        return None
    count = sum(one.count for one in profile.classes if one.name == ROUTE)
    if not count:
        return None
    return tell(
        RULE,
        [],
        title=f"chat is dead: {format_count(count, 'websocket')} reached HTTP workers",
        count=count,
        span=(profile.first or 0.0, profile.last or 0.0),
        confidence="medium",
        cause="The proxy sends /websocket to the HTTP port, and without the Upgrade header: the "
        "worker refuses the handshake without a word in the log.",
        cure=_cure(None, profile),
        evidence=[f"{count} requests of {ROUTE} in the lines of HTTP workers (logger werkzeug)"],
    )


def _about_websocket(tail: list[str]) -> bool:
    return any("websocket" in line for line in tail)


def _cure(port: str | None, profile: Profile) -> str:
    """The cure, with the port and the name that its option has in this series."""
    series = SERIES.get(profile.series) if profile.series is not None else None
    option = series.evented_port_option if series else "gevent_port"
    target = f"{option} ({port})" if port else option
    return RULE.cure.replace("the evented port", f"the evented port, {target},", 1)


RULE = IncidentRule(
    id="websocket-misrouted",
    title="Websockets reach HTTP workers",
    severity="error",
    cause="The proxy sends /websocket to the HTTP port; only the evented process holds websockets.",
    cure="Send location /websocket to the evented port with the Upgrade and Connection headers "
    "(`workeroo render nginx`, then `workeroo apply`); `workeroo prove longpolling` shows that it "
    "works, `workeroo audit --explain bus-route-wrong` why it did not.",
    judge=judge,
)

"""What was heard of a server while a proof of its bus went on? The input of the judge."""

from __future__ import annotations

import msgspec

from workeroo.catalog.product import Series
from workeroo.evidence import Evidence, Maybe, Unknown, is_known
from workeroo.facts.handshake import Exchange, Failure, Handshake
from workeroo.facts.routing import BUS_PATHS

WEBSOCKET = "/websocket"
"""The route on which a connection is opened; on the older one each request is held instead."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that was kept open, or a poll that the server kept waiting.

    Attributes:
        idle_seconds: how long it was to be kept without a word.
        lived_seconds: how long it lived.
        ended: how it ended before its time; None where it lived to the end.
        pong_seconds: how soon the other end answered after the silence.
        notified_seconds: how soon a notification came that was sent at the start.
        notified_after_seconds: the same for one that was sent after the silence.
        lost: whether a notification was sent and never came.
    """

    idle_seconds: float
    lived_seconds: float
    ended: str | None = None
    pong_seconds: Maybe[float] = Unknown("it was not tried")
    notified_seconds: Maybe[float] = Unknown("it was not tried")
    notified_after_seconds: Maybe[float] = Unknown("it was not tried")
    lost: bool = False


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The location of this host's nginx that takes the request for news.

    Attributes:
        text: "location / at /etc/nginx/sites-enabled/odoo:12".
        can_hold: whether it leads to a process that can keep a browser waiting: the evented
            process, or the only one of a threaded server; None where it leads elsewhere.
    """

    text: str
    can_hold: bool | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """All that was heard.

    Attributes:
        url: the server, as it was given, or where it sends browsers.
        route: "/websocket" or "/longpolling".
        bus: the request for news, as a browser makes it.
        page: the request for an ordinary page, to tell a dead bus from a dead server.
        handshake: what came of the handshake; None on the older route, which has none.
        series: the series of the server, where it is known.
        series_evidence: how it is known.
        distrusted: why a browser refuses the certificate; the proof then went on without it.
        sent_on_from: the http address that sends browsers to `url`.
        taken: who took the request in this host's nginx, where that is known.
        held: the open connection, or why there is none.
    """

    url: str
    route: str
    bus: Exchange
    page: Exchange
    handshake: Handshake | None = None
    series: Series | None = None
    series_evidence: Evidence | None = None
    distrusted: Failure | None = None
    sent_on_from: str | None = None
    taken: Taken | None = None
    held: Held | Unknown = Unknown("no connection was opened")

    @property
    def path(self) -> str:
        """The path that a browser asks for: "/longpolling/poll"."""
        return BUS_PATHS[self.route]

    @property
    def is_websocket(self) -> bool:
        """Whether the route is one for a connection."""
        return self.route == WEBSOCKET

    @property
    def is_held(self) -> bool:
        """Whether a poll was kept waiting, as it should be while there are no news."""
        failure = self.bus.failure
        return (
            not self.is_websocket
            and failure is not None
            and (failure.step == "http" and failure.kind == "timeout")
        )

    @property
    def is_open(self) -> bool:
        """Whether the server took the request for news up."""
        if self.handshake is not None:
            return self.handshake.opened
        answer = self.bus.answer
        polled = answer is not None and answer.status == OK and not answer.said
        return self.is_held or (not self.is_websocket and polled)

    @property
    def pages_work(self) -> bool:
        """Whether ordinary pages are answered by Odoo."""
        heard = self.page.heard
        return is_known(heard) and heard.status < SERVER_ERROR and heard.speaker == "odoo"


OK = 200
SERVER_ERROR = 500
"""From this status on the server is at fault. Source: RFC 9110, section 15.6."""

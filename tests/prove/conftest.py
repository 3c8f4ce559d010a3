"""What was heard of servers: answers as they came, and servers that could give any."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workeroo.catalog.series import SERIES
from workeroo.evidence import Unknown
from workeroo.facts.answer import parse_answer
from workeroo.facts.handshake import Exchange, Failure, Handshake
from workeroo.prove.asked import Asked, Held, Taken

URL = "https://shop.example.com"

PAGE = b"""HTTP/1.1 200 OK\r
Server: nginx\r
Content-Type: text/html; charset=utf-8\r
Set-Cookie: session_id=secret; HttpOnly\r
\r
<!DOCTYPE html><html><head><title>Odoo</title></head></html>"""
"""The login page of a sound server."""


AskedOf = Callable[..., Asked]


def heard(raw: bytes | Failure, path: str = "/websocket", method: str = "GET") -> Exchange:
    if isinstance(raw, Failure):
        return Exchange(url=URL + path, method=method, failure=raw)
    answer = parse_answer(raw)
    assert answer is not None
    return Exchange(
        url=URL + path, method=method, addresses=["203.0.113.7"], peer="203.0.113.7:443",
        answer=answer,
    )  # fmt: skip


@pytest.fixture
def asked() -> AskedOf:
    """A server that gave this answer to the request for news, and this page beside it."""

    def make(
        bus: bytes | Failure,
        *,
        series: int | None = 19,
        page: bytes | Failure = PAGE,
        route: str = "/websocket",
        taken: Taken | None = None,
        held: Held | None = None,
        distrusted: Failure | None = None,
    ) -> Asked:
        websocket = route == "/websocket"
        path = route if websocket else f"{route}/poll"
        came = heard(bus, path, "GET" if websocket else "POST")
        shaken = Handshake(
            route=route,
            origin=URL,
            exchange=came,
            accepted=isinstance(bus, bytes) and b" 101 " in bus,
        )
        return Asked(
            url=URL,
            route=route,
            bus=came,
            page=heard(page, "/web/login"),
            handshake=shaken if websocket else None,
            series=None if series is None else SERIES[series],
            taken=taken,
            held=held or Unknown("no connection was opened"),
            distrusted=distrusted,
        )

    return make

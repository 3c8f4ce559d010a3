"""What does a server say to whoever asks it as a browser does? Asks once; changes nothing there.

Each hop is taken by itself, so that it is known which one fails: the name, the connection, TLS,
the answer. The standard library is enough for that.
"""

from __future__ import annotations

import base64
import os

from workeroo.evidence import Maybe, is_known
from workeroo.facts.handshake import Exchange, Handshake, accept_of
from workeroo.probe.wire import exchange, target_of

TIMEOUT_SECONDS = 10.0
"""For one request with all its hops: a browser's user has long given up by then."""

HEALTH_ROUTE = "/web/health"
"""Answered without a database and without a session. Source: odoo/addons/web, from 15 on."""


def handshake(
    url: str,
    *,
    route: str,
    origin: str | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    connect_to: tuple[str, int] | None = None,
    verify: bool = True,
    upgrade: bool = True,
) -> Handshake:
    """Ask for a websocket, and close it again where it opens.

    Args:
        url: the address that users type: "https://shop.example.com".
        route: the path to ask: "/websocket".
        origin: the page that asks; by itself the server's own, as in a browser.
        timeout_seconds: for all hops together; only the resolver has a clock of its own.
        connect_to: address and port to connect to in place of those of the URL, whose name is
            still sent: an nginx on this host can be asked for a site before its name leads here.
        verify: whether a certificate that a browser distrusts ends it.
        upgrade: False to ask without the headers that make it a websocket.

    Raises:
        InputError: when the URL is none.
    """
    target = target_of(url, connect_to=connect_to, verify=verify)
    key = base64.b64encode(os.urandom(16)).decode()
    said = origin if origin is not None else target.origin
    headers = {"Origin": said}
    if upgrade:
        headers |= {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key,
        }
    came = exchange(target, route, headers=headers, timeout_seconds=timeout_seconds)
    accept = came.answer.headers.get("sec-websocket-accept") if came.answer else None
    accepted = upgrade and accept == accept_of(key)
    return Handshake(route=route, origin=said, exchange=came, accepted=accepted)


def ask(
    url: str,
    *,
    path: str,
    json: bytes | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    connect_to: tuple[str, int] | None = None,
    verify: bool = True,
) -> Exchange:
    """One plain request: a GET, or a POST of the given JSON.

    Raises:
        InputError: when the URL is none.
    """
    target = target_of(url, connect_to=connect_to, verify=verify)
    headers = {"Connection": "close"}
    if json is not None:
        headers["Content-Type"] = "application/json"
    return exchange(target, path, headers=headers, body=json, timeout_seconds=timeout_seconds)


def health(
    url: str,
    timeout_seconds: float = TIMEOUT_SECONDS,
    *,
    connect_to: tuple[str, int] | None = None,
    verify: bool = True,
) -> Maybe[int]:
    """The status of `/web/health`: 200 when a worker of the server answers; or why there is none.

    Raises:
        InputError: when the URL is none.
    """
    came = ask(
        url,
        path=HEALTH_ROUTE,
        timeout_seconds=timeout_seconds,
        connect_to=connect_to,
        verify=verify,
    )
    heard = came.heard
    return heard.status if is_known(heard) else heard

"""Does a connection that is open stay open, and does it bring news? Opens one, and holds it."""

from __future__ import annotations

import json
import secrets
import ssl
import time
from collections.abc import Callable

import msgspec
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from workeroo.evidence import Maybe, Unknown
from workeroo.probe.handshake import ask
from workeroo.progress import Progress, Step
from workeroo.prove.asked import WEBSOCKET, Held

OPEN_SECONDS = 10.0
"""For opening: the handshake has just been answered within this time."""

ANSWER_SECONDS = 10.0
"""For a pong and for a notification: both take milliseconds on a server that is well."""

LOOK_SECONDS = 0.5
"""Between two looks at the clock while nothing is said."""

CHANNEL_PREFIX = "workeroo_lab"
"""The lab's lever sends on channels of this name only."""

Notify = Callable[[str, str], str | None]
"""Has the server send a text on a channel; gives why it could not, or None."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the server.

    Attributes:
        url: "https://shop.example.com".
        origin: what a browser names as the asking page.
        verify: False to go on with a certificate that a browser refuses.
    """

    url: str
    origin: str
    verify: bool = True


def hold(
    way: Way, idle_seconds: float, notify: Notify | None, progress: Progress
) -> Held | Unknown:
    """Open a connection, listen for a notification, say nothing for a while, and try it again.

    One connection, and two notifications where the server has a lever for them.
    """
    try:
        # Odoo takes whoever names a browser for its own script and wants the script's version;
        # without a name it does not mind. Pings are Odoo's affair here: that they keep a silent
        # connection open is what is tried.
        with connect(
            f"ws{way.url.removeprefix('http')}{WEBSOCKET}",
            origin=Origin(way.origin),
            ssl=_context(way),
            user_agent_header=None,
            ping_interval=None,
            proxy=None,
            compression=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=1,
        ) as connection:
            return _held(connection, idle_seconds, notify, progress)
    except (OSError, InvalidHandshake) as error:
        return Unknown(f"a second connection did not open: {error}")


def hold_poll(way: Way, path: str, body: bytes, idle_seconds: float, progress: Progress) -> Held:
    """Have one poll held for a while, as a browser of 12 to 15 does without end."""
    with progress.step(f"having a poll held for {idle_seconds:g} s"):
        came = ask(way.url, path=path, json=body, timeout_seconds=idle_seconds, verify=way.verify)
    failure, answer = came.failure, came.answer
    ended: str | None = None
    if failure is not None and failure.kind != "timeout":
        ended = failure.text
    elif answer is not None and (answer.status != OK or answer.said):
        ended = f"the answer was {answer.sentence}"
    return Held(idle_seconds=idle_seconds, lived_seconds=came.seconds, ended=ended)


OK = 200


def _context(way: Way) -> ssl.SSLContext | None:
    if not way.url.startswith("https:"):
        return None
    context = ssl.create_default_context()
    if not way.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _held(
    connection: ClientConnection, idle_seconds: float, notify: Notify | None, progress: Progress
) -> Held:
    began = time.monotonic()
    channel = f"{CHANNEL_PREFIX}_{secrets.token_hex(8)}"
    notified: Maybe[float] = Unknown("this server has no lever that sends one")
    after: Maybe[float] = notified
    pong: Maybe[float] = Unknown("the connection had ended")
    ended: str | None = None
    lived = 0.0
    try:
        _subscribe(connection, channel)
        if notify is not None:
            notified = _notified(connection, channel, notify)
        silence = time.monotonic()
        with progress.step(f"saying nothing for {idle_seconds:g} s", total=idle_seconds) as step:
            _say_nothing(connection, silence, idle_seconds, step)
        pong = _pong_seconds(connection)
        if notify is not None:
            after = _notified(connection, channel, notify)
        lived = time.monotonic() - began
    except ConnectionClosed as error:
        lived, ended = time.monotonic() - began, _said(error)
    return Held(
        idle_seconds=idle_seconds,
        lived_seconds=round(lived, 1),
        ended=ended,
        pong_seconds=pong,
        notified_seconds=notified,
        notified_after_seconds=after,
        lost=any(said == LOST for said in (notified, after)),
    )


def _subscribe(connection: ClientConnection, channel: str) -> None:
    """What the browser sends first."""
    data = {"channels": [channel], "last": 0}
    connection.send(json.dumps({"event_name": "subscribe", "data": data}))


def _say_nothing(
    connection: ClientConnection, began: float, idle_seconds: float, step: Step
) -> None:
    """Wait for the end of the silence; what comes meanwhile is not ours."""
    while (passed := time.monotonic() - began) < idle_seconds:
        step.reach(passed)
        try:
            connection.recv(timeout=min(LOOK_SECONDS, idle_seconds - passed))
        except TimeoutError:
            continue


def _pong_seconds(connection: ClientConnection) -> Maybe[float]:
    began = time.monotonic()
    if connection.ping().wait(ANSWER_SECONDS):
        return round(time.monotonic() - began, 3)
    return Unknown(f"no pong within {ANSWER_SECONDS:g} s")


def _notified(connection: ClientConnection, channel: str, notify: Notify) -> Maybe[float]:
    """Have a notification sent; how soon it comes."""
    text = secrets.token_hex(8)
    began = time.monotonic()
    refused = notify(channel, text)
    if refused is not None:
        return Unknown(refused)
    while (left := began + ANSWER_SECONDS - time.monotonic()) > 0:
        try:
            message = connection.recv(timeout=left)
        except TimeoutError:
            break
        if text in str(message):
            return round(time.monotonic() - began, 3)
    return LOST


LOST = Unknown(f"one was sent, and nothing came within {ANSWER_SECONDS:g} s")


def _said(error: ConnectionClosed) -> str:
    """How a connection ended."""
    if error.rcvd is None:
        return "it was cut without a word"
    reason = f" ({error.rcvd.reason})" if error.rcvd.reason else ""
    return f"the server closed it with {error.rcvd.code}{reason}"

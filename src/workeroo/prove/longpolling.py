"""Does news of a server reach its browsers? Asks as a browser does, and gives what it heard.

A few requests and one connection; nothing is changed there, but for two notifications on a channel
of the lab's own where the server is a lab.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from workeroo.catalog.product import Series
from workeroo.catalog.series import NEWEST, SERIES
from workeroo.errors import InputError
from workeroo.evidence import Evidence, Unknown, is_known
from workeroo.facts.handshake import Exchange, Failure, Handshake
from workeroo.facts.routing import BUS_PATHS
from workeroo.probe.handshake import TIMEOUT_SECONDS, ask, handshake
from workeroo.probe.wire import target_of
from workeroo.progress import Progress
from workeroo.prove.asked import OK, WEBSOCKET, Asked, Held
from workeroo.prove.bus_verdict import verdict_of
from workeroo.prove.connection import Notify, Way, hold, hold_poll
from workeroo.prove.on_this_host import is_here, taken_by
from workeroo.prove.product import Verdict

IDLE_SECONDS = 60.0
"""What proxies usually allow a silent connection. Source: the default of proxy_read_timeout."""

PAGE = "/web/login"
"""An ordinary page that every Odoo answers."""

VERSION = "/web/webclient/version_info"
"""Odoo says its version here to anyone. Source: odoo/addons/web, 12 to 19."""

POLL = b'{"jsonrpc": "2.0", "method": "call", "params": {"channels": [], "last": 0}}'
"""What a browser of 12 to 15 sends to be told the news, without a channel of its own."""

HELD_SECONDS = 4.0
"""A refusal comes at once; a poll that is still open after this is held."""

LAB = "/workeroo_lab"
_REDIRECTS = (301, 302, 303, 307, 308)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be tried.

    Attributes:
        url: the address that users type.
        series: where it was declared; else the server is asked.
        idle_seconds: how long the connection is kept without a word.
        timeout_seconds: for each request.
        held_seconds: after how long a poll that is still open counts as held.
    """

    url: str
    series: Series | None = None
    idle_seconds: float = IDLE_SECONDS
    timeout_seconds: float = TIMEOUT_SECONDS
    held_seconds: float = HELD_SECONDS


class _Door(msgspec.Struct, frozen=True, kw_only=True):
    """How the server is to be asked, once that is known.

    Attributes:
        distrusted: why its certificate is not trusted; it is asked without looking at it then.
        sent_on_from: the http address that sent here.
    """

    url: str
    page: Exchange
    distrusted: Failure | None = None
    sent_on_from: str | None = None

    @property
    def verify(self) -> bool:
        return self.distrusted is None


def prove(trial: Trial, progress: Progress) -> Verdict:
    """Try it, and judge.

    Raises:
        InputError: when the URL is none.
    """
    return verdict_of(gather(trial, progress))


def gather(trial: Trial, progress: Progress) -> Asked:
    """Everything that is asked of the server."""
    with progress.step(f"asking {urlsplit(trial.url).hostname or 'the server'}"):
        door = _find_door(trial)
        series, evidence = _series(trial, door)
        asked = _ask_bus(trial, door, series)
        taken = (
            None if asked.is_open or asked.bus.answer is None else taken_by(asked.url, asked.path)
        )
    return msgspec.structs.replace(
        asked,
        series_evidence=evidence,
        taken=taken,
        held=_hold(trial, asked, door, progress),
    )


def _find_door(trial: Trial) -> _Door:
    """The page, over https where http sends there, and without trust where there is none."""
    page = ask(trial.url, path=PAGE, timeout_seconds=trial.timeout_seconds)
    url, sent_on_from = target_of(trial.url).origin, None
    secure = secure_address(page)
    if secure is not None:
        url, sent_on_from = secure, url
        page = ask(url, path=PAGE, timeout_seconds=trial.timeout_seconds)
    distrusted = None
    if page.failure is not None and page.failure.kind == "certificate":
        distrusted = page.failure
        page = ask(url, path=PAGE, timeout_seconds=trial.timeout_seconds, verify=False)
    return _Door(url=url, page=page, distrusted=distrusted, sent_on_from=sent_on_from)


def secure_address(page: Exchange) -> str | None:
    """The https address of the same host to which http sends browsers."""
    if page.answer is None or page.answer.status not in _REDIRECTS:
        return None
    try:
        asked, to = target_of(page.url), target_of(page.answer.headers.get("location", ""))
    except InputError:
        return None  # "/web/login" is no address, and a server may say any nonsense
    if (asked.scheme, to.scheme, to.host) != ("http", "https", asked.host):
        return None
    return to.origin


def _series(trial: Trial, door: _Door) -> tuple[Series | None, Evidence | None]:
    """The series that was declared, or that the server says."""
    if trial.series is not None:
        return trial.series, Evidence("declared", f"Odoo {trial.series.number}", "--series")
    came = ask(
        door.url, path=VERSION, json=b"{}",
        timeout_seconds=trial.timeout_seconds, verify=door.verify,
    )  # fmt: skip
    said = came.answer.odoo_version if came.answer else ""
    number = said.replace("saas~", "").partition(".")[0]
    series = SERIES.get(int(number)) if number.isdecimal() and len(number) < len("1000") else None
    if series is None:
        return None, None
    return series, Evidence("measured", f"the server says that it is Odoo {said}", came.url)


def _ask_bus(trial: Trial, door: _Door, series: Series | None) -> Asked:
    """The request for news by the route of the series; both routes where that is not known."""
    route = (series or SERIES[NEWEST]).bus_route
    asked = _ask_route(trial, door, route, series)
    if series is not None or asked.is_open or not _is_unknown_to_odoo(asked.bus):
        return asked
    for other in BUS_PATHS:
        if other != route:
            second = _ask_route(trial, door, other, series)
            if second.is_open or not _is_unknown_to_odoo(second.bus):
                return second
    return asked


def _ask_route(trial: Trial, door: _Door, route: str, series: Series | None) -> Asked:
    shaken: Handshake | None = None
    if route == WEBSOCKET:
        shaken = handshake(
            door.url, route=route, timeout_seconds=trial.timeout_seconds, verify=door.verify
        )
        bus = shaken.exchange
    else:
        path = BUS_PATHS[route]
        bus = ask(
            door.url, path=path, json=POLL, timeout_seconds=trial.held_seconds, verify=door.verify
        )
    return Asked(
        url=door.url,
        route=route,
        bus=bus,
        page=door.page,
        handshake=shaken,
        series=series,
        distrusted=door.distrusted,
        sent_on_from=door.sent_on_from,
    )


def _is_unknown_to_odoo(bus: Exchange) -> bool:
    answer = bus.answer
    return answer is not None and answer.status == NOT_FOUND and answer.speaker == "odoo"


NOT_FOUND = 404


def _hold(trial: Trial, asked: Asked, door: _Door, progress: Progress) -> Held | Unknown:
    """Keep a connection, where one opened."""
    if not asked.is_open:
        return asked.held
    origin = asked.handshake.origin if asked.handshake else door.url
    way = Way(url=door.url, origin=origin, verify=door.verify)
    if not asked.is_websocket:
        return hold_poll(way, asked.path, POLL, trial.idle_seconds, progress)
    return hold(way, trial.idle_seconds, _lever(way), progress)


def _lever(way: Way) -> Notify | None:
    """The lab's lever that sends a notification; a lab is on loopback only."""
    if not is_here(way.url):
        return None
    here = ask(way.url, path=LAB, verify=way.verify).heard
    if not is_known(here) or here.status != OK:
        return None

    def notify(channel: str, text: str) -> str | None:
        path = f"{LAB}/notify?channel={channel}&text={text}"
        came = ask(way.url, path=path, verify=way.verify)
        if came.answer is not None and came.answer.status == OK:
            return None
        return f"the lab's lever did not send one: {came.sentence}"

    return notify

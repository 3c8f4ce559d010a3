"""Which hop keeps the news of the server from a browser? Decides from what was heard; asks nothing.

Every answer that is known to come from one fault is in the tables here, with the fault and its
cure. An answer that fits none is said as it is, and the hop could not be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from workeroo.evidence import Evidence, is_known
from workeroo.facts.answer import Answer
from workeroo.facts.handshake import Failure
from workeroo.prove.asked import SERVER_ERROR, Asked
from workeroo.prove.cures import (
    ADDRESS_CURE,
    LOG_CURE,
    evented_cure,
    origin_cure,
    route_cure,
    tls_cure,
    upgrade_cure,
)
from workeroo.prove.product import Hop, State

WAY = ("DNS", "TCP", "TLS", "nginx route", "evented port", "upgrade header", "origin")
"""The hops of a request for news, in the order in which it takes them."""

_PLAIN_TO_TLS = "plain HTTP request was sent to HTTPS port"
_NO_DATABASE = "/web/database/"
_NOT_IN_HTTP_WORKERS = "bus.Bus unavailable"
"""What a HTTP worker of 12 to 15 says to a poll. Source: odoo/addons/bus."""

_UNSEEN = "Odoo answers, but which of its processes does cannot be seen without the upgrade"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GATEWAY = {
    502: "nothing listens where nginx sends {path}, or it hung up",
    503: "nginx has nobody to send {path} to",
    504: "who gets {path} did not answer nginx in time",
}


class Break(msgspec.Struct, frozen=True):
    """The hop that ends the way.

    Attributes:
        hop: a name of `WAY`.
        why: what is wrong there, or why it cannot be told.
        cure: what to do about it.
        sure: False where the hop is only where it was noticed.
        unseen: hops before it that this fault keeps from being judged.
    """

    hop: str
    why: str
    cure: str
    sure: bool = True
    unseen: tuple[str, ...] = ()


def hops_of(asked: Asked) -> list[Hop]:
    """Every hop of the way with what it said; at most one of them ends it."""
    ended = break_of(asked)
    hops = list(_hops(asked, ended))
    if asked.distrusted is not None:
        hops[WAY.index("TLS")] = _distrusted(asked.distrusted)
    return hops


def _hops(asked: Asked, ended: Break | None) -> Iterator[Hop]:
    last = WAY.index(ended.hop) if ended else len(WAY)
    for place, name in enumerate(WAY):
        if ended is not None and name in ended.unseen:
            yield Hop(name=name, state="could not tell", evidence=_measured(asked, _UNSEEN))
        elif place < last:
            yield Hop(name=name, state="ok", evidence=_measured(asked, _fine(asked, name)))
        elif ended is not None and place == last:
            state: State = "broken" if ended.sure else "could not tell"
            evidence = _measured(asked, f"{ended.why}: {_heard(asked)}")
            yield Hop(name=name, state=state, evidence=evidence, cure=ended.cure)
        else:
            yield Hop(name=name, state="not reached")


def _heard(asked: Asked) -> str:
    """The answer, or why none came; the address stands beside it."""
    heard = asked.bus.heard
    by = f" ({asked.taken.text})" if asked.taken else ""
    return f"{heard.sentence}{by}" if is_known(heard) else heard.reason


def _distrusted(failure: Failure) -> Hop:
    evidence = Evidence("measured", f"a browser refuses the certificate: {failure.text}")
    return Hop(name="TLS", state="broken", evidence=evidence, cure=tls_cure(failure))


def _measured(asked: Asked, text: str) -> Evidence:
    return Evidence("measured", text, f"{asked.bus.method} {asked.bus.url}")


def _fine(asked: Asked, name: str) -> str:
    """What a hop said that did its part."""
    bus = asked.bus
    answered = "it is held, as it should be" if asked.is_held else "it is answered"
    says: dict[str, str] = {
        "DNS": f"the name stands for {', '.join(bus.addresses) or 'an address'}",
        "TCP": f"{bus.peer or 'the server'} takes connections",
        "TLS": _tls(asked),
        "nginx route": f"{asked.path} leads to a process that answers it",
        "evented port": "a process answers" if asked.is_websocket else answered,
        "upgrade header": "it arrived" if asked.is_websocket else "none is needed on this route",
        "origin": _origin(asked),
    }
    return says[name]


def _tls(asked: Asked) -> str:
    if not asked.bus.url.startswith("https:"):
        return "none: the address is http"
    until = asked.bus.certificate
    return f"the certificate is good until {until}" if until else "an encrypted connection stands"


def _origin(asked: Asked) -> str:
    if asked.handshake is None:
        return "not looked at on this route"
    return f"{asked.handshake.origin} was let in; Odoo itself only wants that one is named"


def break_of(asked: Asked) -> Break | None:
    """Where the way ends; None where a browser gets its news."""
    if asked.bus.failure is not None and not asked.is_held:
        return _of_failure(asked, asked.bus.failure)
    if asked.is_open:
        return None
    if asked.bus.answer is None:
        return Break("nginx route", "nothing was heard", LOG_CURE, sure=False)
    return _of_answer(asked, asked.bus.answer)


def _of_failure(asked: Asked, failure: Failure) -> Break:
    """The hop of a request that no answer came to."""
    if failure.step == "dns":
        return Break("DNS", "the name is not known", ADDRESS_CURE)
    if failure.step == "tcp":
        return Break("TCP", *_of_tcp(failure))
    if failure.step == "tls":
        return Break("TLS", "TLS does not come about", tls_cure(failure))
    if failure.kind == "not http":
        return Break("TCP", "what listens there speaks no HTTP", ADDRESS_CURE)
    if asked.pages_work:
        why = "pages are answered, this is not"
        return Break("evented port", why, evented_cure(asked))
    why = "neither pages nor the bus are answered"
    cure = f"see whether Odoo runs and whether all its workers are busy; {LOG_CURE}"
    return Break("evented port", why, cure, sure=False)


def _of_tcp(failure: Failure) -> tuple[str, str]:
    if failure.kind == "refused":
        return "nobody listens there", "start nginx, or correct the port in the address"
    cure = "look at firewall and routes between here and the server, and whether the host is up"
    return "the host does not take the connection", cure


def _of_answer(asked: Asked, answer: Answer) -> Break:
    """The hop of an answer that is not the right one."""
    for judge in _JUDGES:
        found = judge(asked, answer)
        if found is not None:
            return found
    return Break("nginx route", "this answer fits no known fault", LOG_CURE, sure=False)


def _plain_to_tls(asked: Asked, answer: Answer) -> Break | None:
    if _PLAIN_TO_TLS not in answer.said:
        return None
    del asked
    return Break("TLS", "the port wants TLS", "give the address with https://")


def _sent_on(asked: Asked, answer: Answer) -> Break | None:
    """A redirect: to a page for choosing a database, to a login, to another site."""
    if answer.status not in _REDIRECTS:
        return None
    to = answer.headers.get("location", "somewhere")
    if _NO_DATABASE in to:
        return _without_database()
    cure = f"give the address that browsers end up at ({to}), or {route_cure(asked)}"
    return Break("nginx route", f"{asked.path} is sent on to {to}", cure)


def _no_database(asked: Asked, answer: Answer) -> Break | None:
    """A visitor without a database cannot have news, though the server may be all right."""
    page = asked.page.answer
    sent = page.headers.get("location", "") if page else ""
    if answer.speaker != "odoo" or answer.status != NOT_FOUND or _NO_DATABASE not in sent:
        return None
    return _without_database()


def _without_database() -> Break:
    why = "the server has several databases, and a new visitor is in none of them"
    cure = "give an address whose host name picks one database (dbfilter)"
    return Break("evented port", why, cure, sure=False)


def _guarded(asked: Asked, answer: Answer) -> Break | None:
    """Somebody in front wants a password, or forbids it."""
    if answer.status == UNAUTHORIZED:
        cure = f"let {asked.path} through without a password while the proof runs"
        return Break("nginx route", "the site asks for a password first", cure, sure=False)
    if answer.status != FORBIDDEN:
        return None
    if asked.pages_work:
        cure = f"let the proxy or firewall in front pass {asked.path} on; {origin_cure(asked)}"
        return Break("origin", f"pages are allowed, {asked.path} is forbidden", cure)
    cure = "look at who may reach the site: allow and deny in nginx, a firewall in front"
    return Break("nginx route", "the site is forbidden from here", cure, sure=False)


def _bad_request(asked: Asked, answer: Answer) -> Break | None:
    """Odoo misses a header that was sent: a proxy kept it."""
    if answer.status not in (BAD_REQUEST, UPGRADE_REQUIRED) or not asked.is_websocket:
        return None
    said = answer.said.lower()
    if "origin" in said and "upgrade" not in said:
        return Break("origin", "the Origin header does not arrive at Odoo", origin_cure(asked))
    if answer.speaker == "nginx":
        return None
    return _without_upgrade(asked)


def _without_upgrade(asked: Asked) -> Break:
    """The upgrade was dropped: nginx does so in each location that does not pass it on.

    Where no location is made for the route, the one for pages takes it, which passes none on.
    """
    why = "the upgrade does not arrive at Odoo"
    if asked.taken is None or asked.taken.can_hold is None:
        both = f"{why}: no location is made for {asked.route}, or it does not pass the upgrade on"
        unseen = ("nginx route", "evented port")
        return Break("upgrade header", both, route_cure(asked), unseen=unseen)
    if asked.taken.can_hold:
        return Break("upgrade header", why, upgrade_cure(asked))
    return Break("nginx route", _leads_to_http_port(asked), route_cure(asked))


def _gateway(asked: Asked, answer: Answer) -> Break | None:
    """The proxy reached nobody."""
    if answer.status not in _GATEWAY or answer.speaker == "odoo":
        return None
    why = _GATEWAY[answer.status].format(path=asked.path)
    page = asked.page.answer
    if page is not None and page.status in _GATEWAY:
        return Break("evented port", f"{why}, and pages get no better", f"start Odoo; {LOG_CURE}")
    return Break("evented port", why, evented_cure(asked))


def _http_port(asked: Asked, answer: Answer) -> Break | None:
    """An HTTP worker got what only the evented process can answer."""
    if _NOT_IN_HTTP_WORKERS in answer.said:
        return Break("nginx route", _leads_to_http_port(asked), route_cure(asked))
    if answer.status != SERVER_ERROR or not asked.is_websocket:
        return None
    if answer.speaker != "unknown" and asked.pages_work:
        return Break("nginx route", _leads_to_http_port(asked), route_cure(asked))
    if answer.speaker == "odoo":
        return Break("evented port", "Odoo itself fails, also at pages", LOG_CURE, sure=False)
    return None


def _leads_to_http_port(asked: Asked) -> str:
    return f"{asked.path} leads to the HTTP workers, and only the evented process can answer it"


def _no_route(asked: Asked, answer: Answer) -> Break | None:
    """Nobody knows the path."""
    if answer.status not in (NOT_FOUND, METHOD_NOT_ALLOWED):
        return None
    if answer.speaker == "odoo" and asked.series is None:
        cure = "give the series with --series; the route is another through 15 than from 16 on"
        return Break("nginx route", f"this Odoo knows no {asked.path}", cure, sure=False)
    if answer.speaker == "odoo":
        cure = (
            f"see whether the module bus is installed, or whether another Odoo answers; {LOG_CURE}"
        )
        return Break("evented port", f"this Odoo knows no {asked.path}", cure)
    who = "nginx" if answer.speaker == "nginx" else "whoever answers"
    return Break("nginx route", f"{who} does not pass {asked.path} on to Odoo", route_cure(asked))


def _page_instead(asked: Asked, answer: Answer) -> Break | None:
    """A page came where a connection was asked for."""
    if answer.status >= BAD_REQUEST:
        return None
    if answer.status < FIRST_FINAL:
        why = "the answer is a websocket's, but not one to this request"
        return Break("upgrade header", why, upgrade_cure(asked))
    if answer.speaker == "odoo" and answer.said and not asked.is_websocket:
        return Break("evented port", "Odoo answers with an error", LOG_CURE, sure=False)
    why = f"a page comes back where {asked.path} should answer"
    return Break("nginx route", why, route_cure(asked))


FIRST_FINAL = 200
BAD_REQUEST = 400
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
METHOD_NOT_ALLOWED = 405
UPGRADE_REQUIRED = 426

_JUDGES: tuple[Callable[[Asked, Answer], Break | None], ...] = (
    _plain_to_tls,
    _sent_on,
    _no_database,
    _guarded,
    _bad_request,
    _gateway,
    _http_port,
    _no_route,
    _page_instead,
)
"""Each knows one fault. The first that recognises the answer is right."""

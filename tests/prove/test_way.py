"""Is the hop that breaks found in what was heard? Answers as real servers give them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workeroo.facts.handshake import Failure, Kind, Step
from workeroo.prove.asked import Asked, Held, Taken
from workeroo.prove.bus_verdict import verdict_of
from workeroo.prove.product import Hop, Verdict

AskedOf = Callable[..., Asked]

ODOO_500 = b"""HTTP/1.1 500 INTERNAL SERVER ERROR\r
Server: nginx/1.22.1\r
Content-Type: text/html; charset=utf-8\r
\r
<!doctype html>
<html lang=en>
<title>500 Internal Server Error</title>
<h1>Internal Server Error</h1>
<p>The server encountered an internal error and was unable to complete your request.</p>"""
"""A HTTP worker of 16 to 19 that was asked for a websocket: it could not bind it."""

ODOO_400 = b"""HTTP/1.1 400 BAD REQUEST\r
Server: nginx/1.22.1\r
\r
<!doctype html>
<html lang=en>
<title>400 Bad Request</title>
<h1>Bad Request</h1>
<p>The browser (or proxy) sent a request that this server could not understand.</p>"""

NO_ORIGIN = ODOO_400.replace(
    b"The browser (or proxy) sent a request that this server could not understand.",
    b"Empty or missing header(s): origin",
)

ODOO_404 = ODOO_500.replace(b"500", b"404").replace(b"INTERNAL SERVER ERROR", b"NOT FOUND")

UNAVAILABLE = b"""HTTP/1.1 200 OK\r
Server: nginx/1.22.1\r
Content-Type: application/json\r
\r
{"jsonrpc": "2.0", "id": null, "error": {"code": 200, "message": "Odoo Server Error", "data": \
{"name": "builtins.Exception", "debug": "Traceback ...", "message": "bus.Bus unavailable"}}}"""
"""A HTTP worker of 12 to 15 that was asked for a poll."""

NEWS = b"""HTTP/1.1 200 OK\r
Content-Type: application/json\r
\r
{"jsonrpc": "2.0", "id": null, "result": []}"""

SELECTOR = b"""HTTP/1.1 303 See Other\r
Location: /web/database/selector\r
Set-Cookie: session_id=secret\r
\r
"""

HELD = Failure("http", "timeout", "no answer within 4 s")


def nginx(status: int, reason: str, said: str = "") -> bytes:
    page = (
        f"<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status} {reason}</h1></center>\r\n{said}<hr><center>nginx/1.22.1</center>"
    )
    return f"HTTP/1.1 {status} {reason}\r\nServer: nginx/1.22.1\r\n\r\n{page}".encode()


def broken(verdict: Verdict) -> Hop:
    hops = [hop for hop in verdict.hops if hop.state == "broken"]
    assert len(hops) == 1
    return hops[0]


@pytest.mark.parametrize("series", [16, 17, 18, 19])
def test_a_websocket_on_the_http_port_is_a_wrong_route(asked: AskedOf, series: int) -> None:
    verdict = verdict_of(asked(ODOO_500, series=series))

    assert verdict.outcome == "fails"
    assert broken(verdict).name == "nginx route"
    assert verdict.cure is not None
    assert "location /websocket" in verdict.cure
    assert "gevent_port" in verdict.cure


@pytest.mark.parametrize("series", [12, 13, 14, 15])
def test_a_poll_on_the_http_port_is_a_wrong_route(asked: AskedOf, series: int) -> None:
    verdict = verdict_of(asked(UNAVAILABLE, series=series, route="/longpolling"))

    assert verdict.outcome == "fails"
    assert broken(verdict).name == "nginx route"
    assert verdict.cure is not None
    assert "location /longpolling" in verdict.cure
    assert "longpolling_port" in verdict.cure
    assert "Upgrade" not in verdict.cure


@pytest.mark.parametrize("series", [12, 13, 14, 15])
def test_a_poll_that_is_held_is_what_is_wanted(asked: AskedOf, series: int) -> None:
    held = Held(idle_seconds=60, lived_seconds=50.2)
    verdict = verdict_of(asked(HELD, series=series, route="/longpolling", held=held))

    assert verdict.outcome == "holds"
    assert "held for 50.2 s" in verdict.observed


def test_news_that_come_at_once_are_as_good_as_a_poll_that_is_held(asked: AskedOf) -> None:
    held = Held(idle_seconds=60, lived_seconds=0.1)

    assert verdict_of(asked(NEWS, series=15, route="/longpolling", held=held)).outcome == "holds"


def test_a_poll_that_nginx_gives_up_is_cut_by_its_timeout(asked: AskedOf) -> None:
    held = Held(idle_seconds=60, lived_seconds=30.0, ended="the answer was 504 Gateway Timeout")
    verdict = verdict_of(asked(HELD, series=14, route="/longpolling", held=held))

    assert broken(verdict).name == "idle"
    assert "proxy_read_timeout" in (verdict.cure or "")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_that_reaches_nobody_is_a_dead_evented_port(asked: AskedOf, status: int) -> None:
    verdict = verdict_of(asked(nginx(status, "Bad Gateway")))

    assert broken(verdict).name == "evented port"
    assert "workers = 0" in (verdict.cure or "")


def test_where_pages_fail_likewise_odoo_itself_is_down(asked: AskedOf) -> None:
    gone = nginx(502, "Bad Gateway")
    verdict = verdict_of(asked(gone, page=gone))

    assert broken(verdict).name == "evented port"
    assert (verdict.cure or "").startswith("start Odoo")


def test_an_upgrade_that_is_dropped_in_the_right_place(asked: AskedOf) -> None:
    taken = Taken(text="location /websocket at odoo.conf:9", can_hold=True)
    verdict = verdict_of(asked(ODOO_400, taken=taken))

    assert broken(verdict).name == "upgrade header"
    assert "proxy_set_header Upgrade" in (verdict.cure or "")


def test_an_upgrade_that_is_dropped_on_the_way_to_the_http_port_is_a_wrong_route(
    asked: AskedOf,
) -> None:
    taken = Taken(text="location / at odoo.conf:9", can_hold=False)
    hop = broken(verdict_of(asked(ODOO_400, taken=taken)))

    assert hop.name == "nginx route"
    assert hop.evidence is not None
    assert "location / at odoo.conf:9" in hop.evidence.text


def test_from_outside_a_dropped_upgrade_hides_which_process_answers(asked: AskedOf) -> None:
    verdict = verdict_of(asked(ODOO_400))
    states = {hop.name: hop.state for hop in verdict.hops}

    assert states["nginx route"] == states["evented port"] == "could not tell"
    assert states["upgrade header"] == "broken"
    assert "location /websocket to the evented port" in (verdict.cure or "")
    assert "proxy_set_header Upgrade" in (verdict.cure or "")


def test_an_origin_that_a_proxy_keeps(asked: AskedOf) -> None:
    verdict = verdict_of(asked(NO_ORIGIN))

    assert broken(verdict).name == "origin"
    assert "proxy_set_header Origin" in (verdict.cure or "")


def test_a_path_that_is_forbidden_while_pages_are_not(asked: AskedOf) -> None:
    assert broken(verdict_of(asked(nginx(403, "Forbidden")))).name == "origin"


def test_nginx_itself_that_knows_no_such_path(asked: AskedOf) -> None:
    assert broken(verdict_of(asked(nginx(404, "Not Found")))).name == "nginx route"


def test_a_page_where_a_websocket_should_open(asked: AskedOf) -> None:
    page = b"HTTP/1.1 200 OK\r\n\r\n<html><title>Welcome to nginx!</title></html>"

    assert broken(verdict_of(asked(page))).name == "nginx route"


def test_a_site_that_sends_browsers_elsewhere(asked: AskedOf) -> None:
    verdict = verdict_of(
        asked(b"HTTP/1.1 301 Moved\r\nLocation: https://other.example/x?token=1\r\n\r\n")
    )

    assert broken(verdict).name == "nginx route"
    assert "https://other.example/x" in (verdict.cure or "")
    assert "token" not in (verdict.cure or "")


def test_http_on_a_port_for_tls(asked: AskedOf) -> None:
    said = "<center>The plain HTTP request was sent to HTTPS port</center>\r\n"
    verdict = verdict_of(asked(nginx(400, "Bad Request", said)))

    assert broken(verdict).name == "TLS"
    assert "https://" in (verdict.cure or "")


@pytest.mark.parametrize(
    ("step", "kind", "hop"),
    [
        ("dns", "no such name", "DNS"),
        ("tcp", "refused", "TCP"),
        ("tcp", "timeout", "TCP"),
        ("tls", "not tls", "TLS"),
        ("http", "not http", "TCP"),
        ("http", "timeout", "evented port"),
        ("http", "closed", "evented port"),
    ],
)
def test_the_hop_where_no_answer_came(asked: AskedOf, step: Step, kind: Kind, hop: str) -> None:
    assert broken(verdict_of(asked(Failure(step, kind, "it failed")))).name == hop


def test_hops_behind_the_broken_one_are_not_judged(asked: AskedOf) -> None:
    verdict = verdict_of(asked(Failure("dns", "no such name", "it failed")))
    behind = [hop.state for hop in verdict.hops if hop.name in ("TCP", "origin", "idle")]

    assert behind == ["not reached"] * 3


def test_a_server_that_answers_nothing_at_all_may_only_be_busy(asked: AskedOf) -> None:
    late = Failure("http", "timeout", "no answer within 10 s")
    verdict = verdict_of(asked(late, page=late))

    assert verdict.outcome == "could not tell"
    assert "busy" in (verdict.cure or "")


@pytest.mark.parametrize("bus", [ODOO_404, SELECTOR])
def test_several_databases_are_no_fault(asked: AskedOf, bus: bytes) -> None:
    verdict = verdict_of(asked(bus, page=SELECTOR))

    assert verdict.outcome == "could not tell"
    assert "dbfilter" in (verdict.cure or "")


def test_a_password_in_front_is_no_fault(asked: AskedOf) -> None:
    assert verdict_of(asked(nginx(401, "Authorization Required"))).outcome == "could not tell"


def test_an_unknown_series_that_knows_no_route_is_asked_for(asked: AskedOf) -> None:
    verdict = verdict_of(asked(ODOO_404, series=None))

    assert verdict.outcome == "could not tell"
    assert "--series" in (verdict.cure or "")

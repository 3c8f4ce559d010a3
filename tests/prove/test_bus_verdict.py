"""Is a connection judged by what it did?"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from workeroo.evidence import Unknown
from workeroo.facts.answer import Answer
from workeroo.facts.handshake import Exchange, Failure, Handshake
from workeroo.prove.asked import Asked, Held
from workeroo.prove.bus_verdict import verdict_of
from workeroo.prove.product import Verdict
from workeroo.report.paint import Paint
from workeroo.report.verdict_text import verdict_text

AskedOf = Callable[..., Asked]

OPEN = (
    b"HTTP/1.1 101 Switching Protocols\r\nServer: nginx\r\n"
    b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n"
)

GOOD = Held(
    idle_seconds=60,
    lived_seconds=60.1,
    pong_seconds=0.002,
    notified_seconds=0.03,
    notified_after_seconds=0.02,
)
NO_LEVER = Unknown("this server has no lever that sends one")


def state(verdict: Verdict, name: str) -> str:
    return next(hop.state for hop in verdict.hops if hop.name == name)


def test_what_opens_notifies_and_lives_holds(asked: AskedOf) -> None:
    verdict = verdict_of(asked(OPEN, held=GOOD))

    assert verdict.outcome == "holds"
    assert verdict.cure is None
    assert "notification" in verdict.promised
    assert "notification" in verdict.observed


def test_a_server_without_the_lever_holds_but_no_notification_is_claimed(asked: AskedOf) -> None:
    held = msgspec.structs.replace(GOOD, notified_seconds=NO_LEVER, notified_after_seconds=NO_LEVER)
    verdict = verdict_of(asked(OPEN, held=held))

    assert verdict.outcome == "holds"
    assert "notification" not in verdict.promised + verdict.observed
    assert state(verdict, "notification") == "could not tell"


def test_a_notification_that_never_comes_fails(asked: AskedOf) -> None:
    lost = Unknown("one was sent, and nothing came within 10 s")
    held = msgspec.structs.replace(GOOD, notified_seconds=lost, lost=True)
    verdict = verdict_of(asked(OPEN, held=held))

    assert verdict.outcome == "fails"
    assert state(verdict, "notification") == "broken"
    assert "notification: one was sent" in verdict.observed


def test_a_connection_that_is_cut_fails_and_names_the_timeout(asked: AskedOf) -> None:
    held = Held(idle_seconds=60, lived_seconds=30.0, ended="it was cut without a word")
    verdict = verdict_of(asked(OPEN, held=held))

    assert state(verdict, "idle") == "broken"
    assert "proxy_read_timeout" in (verdict.cure or "")
    assert "after 30 s" in (verdict.cure or "")


def test_a_connection_that_is_deaf_after_the_silence_fails(asked: AskedOf) -> None:
    held = msgspec.structs.replace(GOOD, pong_seconds=Unknown("no pong within 10 s"))

    assert verdict_of(asked(OPEN, held=held)).outcome == "fails"


def test_a_certificate_that_browsers_refuse_fails_though_the_rest_is_well(asked: AskedOf) -> None:
    refused = Failure("tls", "certificate", "self-signed certificate")
    verdict = verdict_of(asked(OPEN, held=GOOD, distrusted=refused))

    assert verdict.outcome == "fails"
    assert state(verdict, "TLS") == "broken"
    assert state(verdict, "idle") == "ok"
    assert "certificate" in (verdict.cure or "")


def test_a_page_that_leads_from_https_to_http_shows_a_proxy_that_is_not_heeded(
    asked: AskedOf,
) -> None:
    page = (
        b"HTTP/1.1 303 See Other\r\nSet-Cookie: session_id=secret\r\n"
        b"Location: http://shop.example.com/web/login\r\n\r\n"
    )
    verdict = verdict_of(asked(OPEN, page=page, held=GOOD))

    assert state(verdict, "proxy_mode") == "broken"
    assert "proxy_mode = True" in (verdict.cure or "")


TEXTS = st.text(max_size=30)
ANSWERS = st.builds(
    Answer,
    status=st.one_of(st.sampled_from([101, 200, 301, 400, 404, 500, 502]), st.integers(100, 999)),
    reason=TEXTS,
    headers=st.dictionaries(st.sampled_from(["location", "server", "upgrade"]), TEXTS),
    said=TEXTS,
)
EXCHANGES = st.builds(
    Exchange,
    url=st.sampled_from(["https://a.example/websocket", "http://a.example/x", ""]),
    addresses=st.lists(TEXTS, max_size=2),
    peer=st.none() | TEXTS,
    failure=st.none() | st.from_type(Failure),
    answer=st.none() | ANSWERS,
)
SECONDS = st.floats(0, 4000)
MAYBE = st.one_of(SECONDS, st.builds(Unknown, reason=TEXTS))
HELDS = st.builds(
    Held,
    idle_seconds=SECONDS,
    lived_seconds=SECONDS,
    ended=st.none() | TEXTS,
    pong_seconds=MAYBE,
    notified_seconds=MAYBE,
    notified_after_seconds=MAYBE,
    lost=st.booleans(),
)


@st.composite
def anything_heard(draw: st.DrawFn) -> Asked:
    bus = draw(EXCHANGES)
    websocket = draw(st.booleans())
    route = "/websocket" if websocket else "/longpolling"
    shaken = Handshake(route=route, origin="", exchange=bus, accepted=draw(st.booleans()))
    return Asked(
        url=draw(st.sampled_from(["https://a.example", "http://a.example", ""])),
        route=route,
        bus=bus,
        page=draw(EXCHANGES),
        handshake=shaken if websocket else None,
        distrusted=draw(st.none() | st.from_type(Failure)),
        held=draw(st.one_of(HELDS, st.builds(Unknown, reason=TEXTS))),
    )


@given(anything_heard())
def test_whatever_is_heard_there_is_a_verdict_with_a_cure_when_it_fails(heard: Asked) -> None:
    verdict = verdict_of(heard)

    assert (verdict.outcome == "fails") == any(hop.state == "broken" for hop in verdict.hops)
    assert (verdict.outcome == "holds") <= heard.is_open
    if verdict.outcome == "fails":
        assert verdict.cure
    for hop in verdict.hops:
        assert (hop.evidence is None) == (hop.state == "not reached")
        assert hop.cure or hop.state != "broken"
    assert verdict_text(verdict, Paint(width=60)).startswith(("It ", "Could not tell"))


@given(anything_heard())
def test_a_verdict_outlives_json(heard: Asked) -> None:
    verdict = verdict_of(heard)

    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict

"""Does a visit do what a browser would, and see a failure where there is one?"""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from typing import Protocol

import msgspec
import pytest
from aiohttp import web

from workeroo.catalog.journeys.product import Ask, Socket, Take
from workeroo.errors import InputError
from workeroo.prove.load.order import one_page
from workeroo.prove.load.product import Load, Open, Shot

Walk = Callable[..., list[Shot]]
Drive = Callable[..., tuple[Load, list[Shot]]]


class Stub(Protocol):
    """The server of conftest."""

    url: str
    pages: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]
    seen: list[web.Request]

    def page(self, path: str, text: str = "", status: int = 200) -> None: ...


def ask(path: str, **more: object) -> Ask:
    return Ask(name=path, path=path, **more)  # type: ignore[arg-type]  # a short hand


def failures(shots: list[Shot]) -> list[str | None]:
    return [shot.failed for shot in shots]


def test_one_page_is_asked_for_as_it_stands(stub: Stub, walk: Walk) -> None:
    stub.page("/shop", "ten chairs")
    [step] = one_page("/shop?search=a%20b").steps
    [shot] = walk(step)
    assert (shot.name, shot.status, shot.failed, shot.received_bytes) == ("/shop", 200, None, 10)
    assert stub.seen[0].raw_path == "/shop?search=a%20b"


def test_cookies_are_kept_from_a_redirect_and_sent_where_it_leads(stub: Stub, walk: Walk) -> None:
    async def login(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        away = web.HTTPSeeOther("/web")
        away.set_cookie("session_id", f"of-{form['login']!s}-{form['csrf_token']!s}")
        raise away

    async def home(request: web.Request) -> web.StreamResponse:
        return web.Response(text=f"{request.method} {request.cookies.get('session_id')}")

    stub.page("/web/login", '<input name="csrf_token" value="a&amp;b"/>')
    stub.pages |= {"/do-login": login, "/web": home}
    token = Take(name="csrf", where="html", pattern='name="csrf_token" value="([^"]+)"')
    form = {"login": "{login}", "csrf_token": "{csrf}"}
    shots = walk(
        ask("/web/login", takes=(token,)),
        ask("/do-login", method="POST", form=form, says="GET of-ada-a&b"),
        given={"login": "ada"},
    )
    assert failures(shots) == [None, None]


def test_a_request_after_a_failure_is_not_sent(stub: Stub, walk: Walk) -> None:
    stub.page("/cart", status=500)
    assert failures(walk(ask("/cart"), ask("/payment"))) == ["answered 500"]
    assert len(stub.seen) == 1


def test_a_cookie_that_is_taken_back_is_not_sent_again(stub: Stub, walk: Walk) -> None:
    async def leave(request: web.Request) -> web.StreamResponse:
        del request
        answer = web.Response()
        answer.del_cookie("session_id")
        return answer

    async def enter(request: web.Request) -> web.StreamResponse:
        answer = web.Response(text=f"[{request.headers.get('Cookie')}]")
        answer.set_cookie("session_id", "one")
        return answer

    stub.pages |= {"/enter": enter, "/leave": leave}
    shots = walk(
        ask("/enter", says=r"\[None\]"),
        ask("/enter", says=r"\[session_id=one\]"),
        ask("/leave"),
        ask("/enter", says=r"\[None\]"),
    )
    assert failures(shots) == [None] * 4


def test_each_visit_has_its_own_cookies(stub: Stub, drive: Drive) -> None:
    async def enter(request: web.Request) -> web.StreamResponse:
        answer = web.Response(text="first time" if not request.cookies else "again")
        answer.set_cookie("session_id", "one")
        return answer

    stub.pages["/"] = enter
    steps = (ask("/", says="first time"), ask("/", says="again"))
    load, shots = drive(stub.url, *steps, shape=Open(trace_seconds=(0.0, 0.0, 0.01)))
    assert failures(shots) == [None] * 6
    assert load.failures == {}


def test_what_is_posted_again_after_a_redirect_is_as_rfc_9110_has_it(
    stub: Stub, walk: Walk
) -> None:
    async def moved(request: web.Request) -> web.StreamResponse:
        del request
        raise web.HTTPTemporaryRedirect("/here")

    async def found(request: web.Request) -> web.StreamResponse:
        del request
        raise web.HTTPFound("/here")

    async def here(request: web.Request) -> web.StreamResponse:
        return web.Response(text=f"{request.method} {await request.text()}")

    stub.pages |= {"/moved": moved, "/found": found, "/here": here}
    shots = walk(
        ask("/moved", method="POST", form={"a": "1"}, says="^POST a=1$"),
        ask("/found", method="POST", form={"a": "1"}, says="^GET $"),
    )
    assert failures(shots) == [None, None]


@pytest.mark.parametrize(
    ("target", "failed"),
    [
        ("http://example.com/", "sent away to http://example.com"),
        ("/round", "more than 10 redirects"),
        ("/web/login?redirect=x", "sent to /web/login: who asks must be logged in"),
    ],
)
def test_a_redirect_that_leads_nowhere_useful_is_a_failure(
    stub: Stub, walk: Walk, target: str, failed: str
) -> None:
    async def away(request: web.Request) -> web.StreamResponse:
        del request
        raise web.HTTPFound(target)

    stub.pages["/round"] = away
    stub.page("/web/login", "log in")
    assert failures(walk(ask("/round"))) == [failed]


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ('{"jsonrpc": "2.0", "id": 1, "result": {"error": 1}}', None),
        ('[{"error": {"message": "a record of that name"}}]', None),
        ("3", None),
        (
            '{"jsonrpc": "2.0", "error": {"data": {"name": "odoo.http.Expired", "message": "x"}}}',
            "JSON-RPC error: odoo.http.Expired: x",
        ),
        ("<!DOCTYPE html>\n<html>Log in</html>", "a page where JSON was expected"),
        ("", "no JSON where JSON was expected"),
    ],
)
def test_an_error_said_with_status_200_is_a_failure(
    stub: Stub, walk: Walk, text: str, failed: str | None
) -> None:
    stub.page("/web/dataset/call_kw", text)
    assert failures(walk(ask("/web/dataset/call_kw", method="POST", json="{}"))) == [failed]


def test_what_json_takes_goes_into_json_as_the_number_that_it_is(stub: Stub, walk: Walk) -> None:
    stub.page("/search", '{"result": {"records": [{"id": 7}, {"id": 8}]}}')
    asked: list[str] = []

    async def read(request: web.Request) -> web.StreamResponse:
        asked.append(await request.text())
        return web.Response(text="{}")

    stub.pages |= {"/read": read}
    first = Take(name="first", where="json", pattern="result.records.0.id", number=True)
    some = Take(name="some", where="json", pattern="result.records.*.id", which="any")
    document = '{"ids": ["{first}"], "name": "no. {first}", "some": "{some}", "who": "{login}"}'
    shots = walk(
        ask("/search", takes=(first, some)),
        ask("/read", method="POST", json=document),
        given={"login": 'a "b"'},
    )
    assert failures(shots) == [None, None]
    told = msgspec.json.decode(asked[0])
    assert told.pop("some") in {"7", "8"}
    assert told == {"ids": [7], "name": "no. 7", "who": 'a "b"'}


def test_values_are_quoted_as_the_place_in_an_address_needs_it(stub: Stub, walk: Walk) -> None:
    stub.page("/", '<a href="/shop/chair-1?a=1&amp;b=2">')
    link = Take(name="link", where="html", pattern='href="([^"]+)"')
    walk(ask("/", takes=(link,)), ask("{link}"))
    assert stub.seen[-1].raw_path == "/shop/chair-1?a=1&b=2"
    walk(ask("/find/{what}?q={what}"), given={"what": "a/b&c"})
    assert stub.seen[-1].raw_path == "/find/a/b%26c?q=a%2Fb%26c"


def test_a_page_that_lacks_what_the_next_request_needs_is_a_failure(stub: Stub, walk: Walk) -> None:
    stub.page("/", "nothing here")
    token = Take(name="csrf", where="html", pattern='value="([^"]+)"')
    lax = Take(name="csrf", where="html", pattern='value="([^"]+)"', otherwise="none")
    assert failures(walk(ask("/", takes=(token,)))) == ["no csrf found in the answer"]
    assert failures(walk(ask("/", takes=(lax,)), ask("/", form={"a": "{csrf}"}))) == [None, None]


def test_a_packed_page_is_read_unpacked(stub: Stub, walk: Walk) -> None:
    async def packed(request: web.Request) -> web.StreamResponse:
        assert "gzip" in request.headers["Accept-Encoding"]
        body = gzip.compress(b"ten chairs " * 100)
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    stub.pages["/"] = packed
    [shot] = walk(ask("/", says="ten chairs ten"))
    assert shot.failed is None
    assert shot.received_bytes < 100


def test_a_page_without_its_words_is_a_failure(stub: Stub, walk: Walk) -> None:
    stub.page("/", "Odoo Client Error")
    assert failures(walk(ask("/", says="id=.wrapwrap"))) == ["the answer does not say what it must"]


def test_a_server_that_does_not_answer_in_time_has_failed(stub: Stub, walk: Walk) -> None:
    async def never(request: web.Request) -> web.StreamResponse:
        del request
        await asyncio.Event().wait()
        raise AssertionError

    stub.pages["/"] = never
    [shot] = walk(ask("/"), seconds=0.2)
    assert shot.failed == "no answer within 0.2 s"
    assert shot.latency_seconds >= 0.2


def test_a_port_on_which_nobody_listens_refuses(closed_port: int, drive: Drive) -> None:
    load, [shot] = drive(f"http://127.0.0.1:{closed_port}", ask("/"))
    assert (shot.status, shot.failed) == (None, "connection refused")
    assert load.all_requests.p95_seconds is None


@pytest.mark.parametrize(
    ("raw", "failed"),
    [
        (b"", "the connection was closed without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "the answer broke off"),
        (b"SSH-2.0-OpenSSH\r\n", "no valid answer (ClientResponseError)"),
    ],
)
def test_an_answer_that_is_none_has_failed(drive: Drive, raw: bytes, failed: str) -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with suppress(OSError):  # the end of the server
            while True:
                with closing(server.accept()[0]) as connection:
                    connection.recv(1000)
                    connection.sendall(raw)

    thread = threading.Thread(target=answer)
    with closing(server):
        thread.start()
        _, [shot] = drive(f"http://127.0.0.1:{server.getsockname()[1]}", ask("/"))
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert shot.failed == failed


def test_a_websocket_hears_what_a_later_request_sends(stub: Stub, walk: Walk) -> None:
    channel = asyncio.Queue[str]()

    async def bus(request: web.Request) -> web.StreamResponse:
        wire = web.WebSocketResponse()
        await wire.prepare(request)
        stub.page("/seen", f"{request.cookies['session_id']} {request.headers['Origin']}")
        assert (await wire.receive_json())["event_name"] == "subscribe"
        await wire.send_str("said before: hello 5-1")
        while True:
            await wire.send_str(await channel.get())

    async def enter(request: web.Request) -> web.StreamResponse:
        del request
        answer = web.Response()
        answer.set_cookie("session_id", "one")
        return answer

    async def post(request: web.Request) -> web.StreamResponse:
        await channel.put(f"said: {await request.text()}")
        return web.Response(text="{}")

    stub.pages |= {"/enter": enter, "/websocket": bus, "/post": post}
    wire = Socket(
        name="bus",
        path="/websocket",
        sends=('{"event_name": "subscribe"}',),
        heard="said: .*{visit}",
    )
    post_it = ask("/post", method="POST", json='{"body": "hello {visit}"}')
    shots = walk(ask("/enter"), wire, ask("/seen", says=f"one {stub.url}"), post_it)
    assert [(shot.name, shot.failed) for shot in shots] == [
        ("/enter", None), ("bus", None), ("/seen", None), ("/post", None), ("bus: heard", None),
    ]  # fmt: skip
    assert shots[1].status == 101
    assert shots[-1].due_seconds == pytest.approx(shots[-2].sent_seconds, abs=0.01)


def test_a_websocket_that_is_refused_or_says_nothing_has_failed(stub: Stub, walk: Walk) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        wire = web.WebSocketResponse()
        await wire.prepare(request)
        async for _ in wire:
            pass
        return wire

    async def short(request: web.Request) -> web.StreamResponse:
        wire = web.WebSocketResponse()
        await wire.prepare(request)
        await wire.close()
        return wire

    stub.pages |= {"/silent": silent, "/short": short}

    def heard(path: str) -> str | None:
        return walk(Socket(name="bus", path=path, heard="."), seconds=0.3)[-1].failed

    assert heard("/none") == "the websocket was refused with 404"
    assert heard("/silent") == "no answer within 0.3 s"
    assert heard("/short") == "the connection ended before the message came"


def test_a_journey_for_which_something_is_missing_is_refused_before_anything_is_sent(
    stub: Stub, drive: Drive
) -> None:
    with pytest.raises(InputError, match=r"'/shop/\{product\}' writes \{product\}"):
        drive(stub.url, ask("/shop/{product}"))
    assert stub.seen == []


def test_users_take_turns(stub: Stub, drive: Drive) -> None:
    drive(
        stub.url, ask("/{login}"), shape=Open(trace_seconds=(0.0, 0.0, 0.0, 0.0)),
        given=({"login": "ada"}, {"login": "bob"}),
    )  # fmt: skip
    assert sorted(request.path for request in stub.seen) == ["/ada", "/ada", "/bob", "/bob"]


def test_what_is_not_found_can_be_something_that_was_taken_before(stub: Stub, walk: Walk) -> None:
    stub.page("/shop", '<a href="/lamp">')
    stub.page("/lamp", "a lamp")
    any_page = Take(name="any_page", where="html", pattern='href="([^"]+)"')
    buyable = Take(name="buyable", where="html", pattern="buy=(.)", otherwise="{any_page}")
    shots = walk(ask("/shop", takes=(any_page, buyable)), ask("{buyable}", says="a lamp"))
    assert failures(shots) == [None, None]


def test_values_are_taken_from_wherever_an_answer_has_them(stub: Stub, walk: Walk) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if "page" not in request.query:
            raise web.HTTPFound("/?page=7")
        return web.Response(text='<i>a</i><i>a</i> {"b": 1}', headers={"X-Token": "secret"})

    stub.pages["/"] = answer
    asked = ask(
        "/",
        takes=(
            Take(name="page", where="url", pattern=r"page=(\d+)", number=True),
            Take(name="token", where="header", pattern="X-Token"),
            Take(name="letter", where="html", pattern="<i>(.)</i>", which="any"),
        ),
    )
    walk(asked, ask("/{page}/{token}/{letter}"))
    assert stub.seen[-1].path == "/7/secret/a"


@pytest.mark.parametrize(
    ("take", "failed"),
    [
        (Take(name="id", where="json", pattern="id.0.x"), "no id found in the answer"),
        (Take(name="id", where="header", pattern="X-Id"), "no id found in the answer"),
        (
            Take(name="id", where="html", pattern="id=(.*);", which="any"),
            "no id found in the answer",
        ),
        (
            Take(name="id", where="html", pattern="(no)", number=True),
            "id is no number in the answer",
        ),
    ],
)
def test_a_value_that_is_not_there_is_a_failure(
    stub: Stub, walk: Walk, take: Take, failed: str
) -> None:
    stub.page("/list", '{"id": [1], "x": "no"}')
    stub.page("/none", "no JSON")
    assert failures(walk(ask("/list", takes=(take,)))) == [failed]
    assert failures(walk(ask("/none", takes=(take,)))) == [failed]


def test_a_page_that_is_packed_otherwise_than_it_says_is_read_as_it_came(
    stub: Stub, walk: Walk
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(body=b"ten chairs", headers={"Content-Encoding": "deflate"})

    stub.pages["/"] = answer
    assert failures(walk(ask("/", says="^ten chairs$"))) == [None]

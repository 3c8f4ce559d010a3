"""Does a visit do what a browser would, and see a failure where there is one?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web

from workeroo.catalog.journeys.product import Ask, Take
from workeroo.prove.load.order import one_page
from workeroo.prove.load.product import Shot

Walk = Callable[..., list[Shot]]


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

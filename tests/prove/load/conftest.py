"""A small server of our own making: what it answers is known to the last byte."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from workeroo.catalog.journeys.product import Ask, Journey, Socket
from workeroo.prove.load.drive import run
from workeroo.prove.load.ledger import Ledger
from workeroo.prove.load.order import Bounds, Order, Target, Values, Weighted
from workeroo.prove.load.product import Closed, Load, Open, Shot

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Stub:
    """A server whose pages are functions; `seen` has what was asked of it."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.pages: dict[str, Handler] = {}
        self.seen: list[web.Request] = []
        self.port = 0
        self.loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._up = threading.Event()
        self._over: asyncio.Event

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    def page(self, path: str, text: str = "", status: int = 200) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            del request
            return web.Response(text=text, status=status, content_type="text/html")

        self.pages[path] = answer

    def start(self) -> None:
        self._thread.start()
        assert self._up.wait(10)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        await request.read()
        page = self.pages.get(request.path)
        return web.Response(status=404) if page is None else await page(request)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self.tls).start()
        self.port = runner.addresses[0][1]
        self.loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._up.set()
        await self._over.wait()
        # All who have knocked come in first: asyncio trips over one between the door and the room
        # when the door is shut (Server._attach asserts that it is open), and leaves it there.
        for _ in range(10):
            await asyncio.sleep(0)
        await runner.cleanup()


@pytest.fixture
def stub() -> Iterator[Stub]:
    it = Stub()
    it.start()
    yield it
    it.stop()


@pytest.fixture
def tls_stub(tmp_path: Path) -> Iterator[Stub]:
    """The same behind a certificate that nobody has signed."""
    pem, key = tmp_path / "pem", tmp_path / "key"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", "/CN=shop.example", "-keyout", str(key), "-out", str(pem),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(pem, key)
    it = Stub(tls)
    it.start()
    yield it
    it.stop()


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def journey(*steps: Ask | Socket, needs: tuple[str, ...] = ()) -> Journey:
    return Journey(name="walk", does="what a test wants", steps=steps, needs=needs, first_series=12)


ONCE = Open(trace_seconds=(0.0,))
"""One visit."""


def drive(
    url: str,
    *steps: Ask | Socket,
    shape: Open | Closed = ONCE,
    given: tuple[Values, ...] = ({},),
    bounds: Bounds | None = None,
    ledger: Ledger | None = None,
    warmup_seconds: float = 0.0,
) -> tuple[Load, list[Shot]]:
    order = Order(
        target=Target(url=url),
        shape=shape,
        journeys=(Weighted(journey=journey(*steps)),),
        given=given,
        warmup_seconds=warmup_seconds,
        bounds=bounds or Bounds(timeout_seconds=5.0),
    )
    return run(order, ledger)


Drive = Callable[..., tuple[Load, list[Shot]]]


@pytest.fixture(name="drive")
def _drive() -> Drive:
    """Drives steps against an address."""
    return drive


@pytest.fixture
def walk(stub: Stub) -> Callable[..., list[Shot]]:
    """Makes one visit of these steps; its shots."""

    def it(*steps: Ask | Socket, given: Values | None = None, seconds: float = 5.0) -> list[Shot]:
        bounds = Bounds(timeout_seconds=seconds)
        return drive(stub.url, *steps, given=(given or {},), bounds=bounds)[1]

    return it

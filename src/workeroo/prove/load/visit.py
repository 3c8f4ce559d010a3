"""How is one visit made? Walks a journey, request by request, as one browser would."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from random import Random
from typing import Protocol

import aiohttp

from workeroo.errors import InputError
from workeroo.prove.load.answer import Answer, fault, take
from workeroo.prove.load.arrivals import thought_seconds
from workeroo.prove.load.cookies import Jar
from workeroo.prove.load.ledger import Ledger
from workeroo.prove.load.order import Order, Values
from workeroo.prove.load.product import Shot
from workeroo.prove.load.reasons import KEEPING_METHOD, REDIRECTS, onward, reason
from workeroo.prove.load.script import AskLine, Script, SocketLine
from workeroo.prove.load.wire import Wire

MOST_Came = tuple[int | None, int, str | None, float]

UPGRADED = 101
"""The status of a websocket that opened. Source: RFC 6455, section 1.3."""

MOST_REDIRECTS = 10
"""For one request. Browsers give up after 20; Odoo needs no more than three."""

LEAST_SECONDS = 0.001
"""Where nothing is left for a redirect: 0 would mean without end."""

CUT_OFF = "cut off when the load ended"

Came = tuple[int | None, int, str | None, float]
"""Status, bytes, why it failed, and when it ended."""

Asking = Coroutine[None, None, Came]


class Driver(Protocol):
    """Who drives the load."""

    def note(self, shot: Shot) -> None:
        """Take a shot that ended."""

    def all_are_sent(self) -> None:
        """No more requests may be sent than were."""

    def too_many_wait(self) -> None:
        """As many requests wait for their answer as may."""


class Walk:
    """What all visits of one load share.

    Attributes:
        session: the connections; cookies are each visit's own.
        ledger: where shots are noted.
        driver: takes each shot, and is told when a bound is met.
        left: how many requests may still be sent.
        most_in_flight: how many may wait for their answer at once.
        timeout_seconds: for one request with its redirects.
        warmup_seconds: shots that were due before are cold.
        began: the load's begin, of the loop's clock.
        over: whether no further request may be sent.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        ledger: Ledger,
        order: Order,
        driver: Driver,
    ) -> None:
        self.session = session
        self.ledger = ledger
        self.driver = driver
        self.left = order.bounds.requests
        self.most_in_flight = order.bounds.in_flight
        self.timeout_seconds = order.bounds.timeout_seconds
        self.warmup_seconds = order.warmup_seconds
        self.loop = asyncio.get_running_loop()
        self.clock = self.loop.time
        self.began = self.clock()
        self.over = False
        self._resting: set[asyncio.Future[None]] = set()

    def now(self) -> float:
        """Seconds since the load began."""
        return self.clock() - self.began

    async def rest(self, until: float) -> None:
        """Do nothing until then, or until the load is over."""
        if self.over or until <= self.now():
            return
        rest: asyncio.Future[None] = self.loop.create_future()
        alarm = self.loop.call_at(self.began + until, _wake, rest)
        self._resting.add(rest)
        try:
            await rest
        finally:
            alarm.cancel()
            self._resting.discard(rest)

    def end(self) -> None:
        """Send nothing more; who rests need not rest any longer."""
        self.over = True
        for rest in self._resting:
            _wake(rest)

    def may_send(self) -> bool:
        """Whether a request may be sent now; one that may is counted."""
        if not self.over and self.left == 0:
            self.driver.all_are_sent()
        if not self.over and self.ledger.in_flight >= self.most_in_flight:
            self.driver.too_many_wait()
        if self.over:
            return False
        self.left -= 1
        return True


def _wake(rest: asyncio.Future[None]) -> None:
    if not rest.done():
        rest.set_result(None)


class Visit:
    """One visit, with its own cookies, values and chance."""

    __slots__ = ("chance", "heard_since", "jar", "script", "values", "walk", "wires")

    def __init__(self, walk: Walk, script: Script, values: Values, chance: Random) -> None:
        self.walk = walk
        self.script = script
        self.values = values
        self.chance = chance
        self.jar = Jar()
        self.wires: list[Wire] = []
        self.heard_since = 0.0

    async def make(self, due: float) -> None:
        """Walk to the end, or to the first failure: whoever sees an error goes away."""
        walk = self.walk
        try:
            for number, line in enumerate(self.script.lines):
                if number:
                    due = walk.now() + thought_seconds(line.think_seconds, self.chance)
                    await walk.rest(due)
                if not walk.may_send():
                    return
                asking = self._ask(line) if isinstance(line, AskLine) else self._open(line)
                if not await self._shot(line.label, due, asking):
                    return
            for wire in self.wires:
                heard = wire.line.heard(self.values)
                if heard is not None:
                    hearing = self._hear(wire, heard)
                    await self._shot(f"{wire.line.label}: heard", self.heard_since, hearing)
        finally:
            for wire in self.wires:
                await wire.close()

    async def _shot(self, label: str, due: float, asking: Asking) -> bool:
        """One request and its place in the ledger; whether it was answered."""
        walk = self.walk
        ledger = walk.ledger
        ledger.in_flight += 1
        sent = walk.now()
        status: int | None = None
        size = 0
        failed: str | None = CUT_OFF
        ended: float | None = None
        try:
            status, size, failed, ended = await asking
        except (TimeoutError, asyncio.TimeoutError):
            failed = f"no answer within {walk.timeout_seconds:g} s"
        except (aiohttp.ClientError, OSError, InputError, ValueError) as error:
            failed = reason(error)
        finally:
            ledger.in_flight -= 1
            shot = Shot(
                journey=self.script.name,
                name=label,
                due_seconds=due,
                sent_seconds=max(sent, due),
                ended_seconds=walk.now() if ended is None else ended,
                status=status,
                failed=failed,
                received_bytes=size,
                cold=due < walk.warmup_seconds,
            )
            walk.driver.note(shot)
        return failed is None

    async def _ask(self, line: AskLine) -> Came:
        """Send a request, follow where it is sent, judge the answer and keep what is needed."""
        walk = self.walk
        self.heard_since = walk.now()
        asked = url = line.url(self.values)
        body, headers, method = line.body(self.values), line.headers(self.values), line.step.method
        timeout, deadline = walk.session.timeout, self.heard_since + walk.timeout_seconds
        turns = 0
        while True:
            cookie = self.jar.header(url.raw_path)
            if cookie is not None:
                headers["Cookie"] = cookie
            async with walk.session.request(
                method,
                url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=timeout,
                server_hostname=line.server_name,
            ) as response:
                raw = await response.read()
            status, told = response.status, response.headers
            if "Set-Cookie" in told:
                self.jar.keep(told.getall("Set-Cookie"))
            if status not in REDIRECTS or "Location" not in told:
                break
            url, away = onward(url, told["Location"], line)
            turns += 1
            if turns > MOST_REDIRECTS:
                away = f"more than {MOST_REDIRECTS} redirects"
            if away is not None:
                return status, len(raw), away, walk.now()
            if status not in KEEPING_METHOD and method != "GET":
                method, body = "GET", None
                headers.pop("Content-Type", None)
            timeout = aiohttp.ClientTimeout(total=max(deadline - walk.now(), LEAST_SECONDS))
        ended = walk.now()  # judging is our own time
        answer = Answer(url, status, told, raw)
        failed = fault(line, asked, answer) or take(line, answer, self.values, self.chance)
        return status, len(raw), failed, ended

    async def _open(self, line: SocketLine) -> Came:
        """Open a websocket that stays until the visit ends."""
        wire = Wire(line, self.walk.timeout_seconds)
        self.heard_since = self.walk.now()
        self.wires.append(wire)
        await wire.open(self.walk.session, self.values, self.jar)
        return UPGRADED, 0, None, self.walk.now()

    async def _hear(self, wire: Wire, wanted: re.Pattern[str]) -> Came:
        """Wait until a websocket brings what the last request was to send there."""
        size = await wire.hear(wanted, self.walk.began + self.heard_since)
        failed = "the connection ended before the message came" if size is None else None
        return None, size or 0, failed, self.walk.now()

"""How is a load driven? Lets visits arrive, watches over them, and ends them.

    from workeroo.prove.load.drive import run
    from workeroo.prove.load.order import Order, Target, Weighted, one_page
    from workeroo.prove.load.product import Open

    order = Order(
        target=Target(url="http://127.0.0.1:8069"),
        shape=Open(visits_per_second=5.0, seconds=30.0),
        journeys=(Weighted(journey=one_page("/web/login")),),
        warmup_seconds=5.0,
    )
    load, shots = run(order)
    print(load.all_requests.p95_seconds, load.failures, load.doubts)

`run` blocks, also in a thread of its own; `drive` is the same for who has a loop already. Whoever
wants to look on, or to end the load, hands in a `Ledger` and calls its `look()` and `stop()` from
any thread. Ctrl-C ends all visits and closes all connections before it goes on its way.

One visit, to see whether a journey can be walked: `Open(trace_seconds=(0.0,))`.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path

import aiohttp

from workeroo.prove.load import figures
from workeroo.prove.load.arrivals import arrivals, chance_of, thought_seconds
from workeroo.prove.load.clock import run_precisely
from workeroo.prove.load.guard import Guard
from workeroo.prove.load.honesty import Effort, doubts
from workeroo.prove.load.ledger import Ledger
from workeroo.prove.load.order import Order, Target, Values
from workeroo.prove.load.pinned import resolver_of
from workeroo.prove.load.product import Closed, Load, Open, Shot
from workeroo.prove.load.script import VISIT, Script, checked
from workeroo.prove.load.visit import Visit, Walk

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Workeroo",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}
"""What a browser says with each request."""

BREATH = 20
"""Visits that may be begun in one go before answers are looked after, when many are due."""


def run(order: Order, ledger: Ledger | None = None) -> tuple[Load, list[Shot]]:
    """Drive a load to its end, in a loop of its own whose timers are exact."""
    return run_precisely(drive(order, ledger))


async def drive(order: Order, ledger: Ledger | None = None) -> tuple[Load, list[Shot]]:
    """Drive a load to its end, in the loop that runs, with that loop's grain of a millisecond."""
    book = Ledger() if ledger is None else ledger
    for weighted in order.journeys:
        for given in order.given:
            checked(weighted.journey, given)
    with _many_files():
        async with _session(order.target, order.bounds.timeout_seconds) as session:
            effort = await _Driver(order, book, session).go()
    return told(order, book, effort), book.shots


def told(order: Order, book: Ledger, effort: Effort) -> Load:
    """What came of it."""
    warm = [shot for shot in book.shots if not shot.cold]
    ends = figures.shape_seconds(order.shape)
    if book.stopped is not None:
        ends = min(ends, effort.wall_seconds)
    offered, answered = figures.rates(book.shots, (order.warmup_seconds, ends))
    everything, failures = figures.latency(warm), figures.failures(book.shots)
    lag = figures.lag_of(warm)
    return Load(
        shape=order.shape,
        seconds=max((shot.ended_seconds for shot in book.shots), default=0.0),
        offered_per_second=offered,
        answered_per_second=answered,
        all_requests=everything,
        by_request=figures.by_request(warm),
        failures=failures,
        lag_seconds_p99=lag.p99_seconds,
        generator_cpu_share=effort.cpu_share,
        generator_waited_share=effort.waited_share,
        doubts=doubts(effort, lag, everything, failures),
        stopped=book.stopped,
    )


class _Driver:
    """One load that goes on."""

    def __init__(self, order: Order, book: Ledger, session: aiohttp.ClientSession) -> None:
        self.order = order
        self.book = book
        self.guard = Guard(order.bounds)
        self.walk = Walk(session, book, order, self)
        self.loop = asyncio.get_running_loop()
        self.scripts = [Script(one.journey, order.target) for one in order.journeys]
        self.weights = [one.weight for one in order.journeys]
        self.going: set[asyncio.Task[None]] = set()
        self.count = 0
        self.done = asyncio.Event()
        self.feeder: asyncio.Task[None] | None = None

    async def go(self) -> Effort:
        """From the first arrival to the last answer."""
        cpu, waited = time.thread_time(), _waited_seconds()
        self.walk.began = self.loop.time()
        self.feeder = self.begin(self.feed())
        self.book.begin(time.monotonic(), self.stop_from_outside)
        watchdog = self.loop.call_later(self.order.bounds.seconds, self.time_is_over)
        try:
            await self.done.wait()
        finally:
            watchdog.cancel()
            await self.end()
        return Effort(
            wall_seconds=self.walk.now(),
            cpu_seconds=time.thread_time() - cpu,
            waited_seconds=_waited_seconds() - waited,
        )

    def begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Something that the load waits for."""
        task = self.loop.create_task(work)
        self.going.add(task)
        task.add_done_callback(self.ended)
        return task

    def time_is_over(self) -> None:
        """The last bound: whatever waits for an answer waits no longer."""
        seconds = self.order.bounds.seconds
        self.stop(f"{seconds:g} s were over, the longest that it may take", at_once=True)

    def all_are_sent(self) -> None:
        """The bound of requests: those in flight are waited for."""
        self.stop(f"{self.order.bounds.requests} requests were sent, the most allowed")

    def too_many_wait(self) -> None:
        """The bound of requests in flight: those are cut off."""
        most = self.order.bounds.in_flight
        self.stop(f"{most} requests waited for an answer, the most allowed", at_once=True)

    async def end(self) -> None:
        """Nothing goes on after this; what was in flight is noted as cut off."""
        going = list(self.going)
        for task in going:
            task.cancel()
        for outcome in await asyncio.gather(*going, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    async def feed(self) -> None:
        """Let visits begin, as the shape has it."""
        shape = self.order.shape
        if isinstance(shape, Open):
            await self.arrive(shape)
        else:
            await asyncio.gather(*(self.user(shape, number) for number in range(shape.users)))

    async def arrive(self, shape: Open) -> None:
        """Visits by themselves, whatever became of those before."""
        walk = self.walk
        for begun, due in enumerate(arrivals(shape, chance_of(self.order.seed))):
            wait = due - walk.now()
            if wait > 0:
                await asyncio.sleep(wait)
            elif begun % BREATH == 0:
                await asyncio.sleep(0)
            if walk.over:
                return
            self.begin(self.visit().make(due))

    async def user(self, shape: Closed, number: int) -> None:
        """One user: thinks, visits, thinks. They do not all begin at once."""
        chance = chance_of(self.order.seed, -1 - number)
        due = thought_seconds(shape.think_seconds, chance)
        while due < shape.seconds:
            await self.walk.rest(due)
            if self.walk.over:
                return
            await self.visit(number).make(due)
            due = self.walk.now() + thought_seconds(shape.think_seconds, chance)

    def visit(self, user: int | None = None) -> Visit:
        """The next visit, with its own chance."""
        self.count += 1
        number = self.count
        chance = chance_of(self.order.seed, number)
        scripts = self.scripts
        script = scripts[0] if len(scripts) == 1 else chance.choices(scripts, self.weights)[0]
        given = self.order.given
        values: Values = {**given[(number if user is None else user) % len(given)]}
        values[VISIT] = f"{self.order.seed}-{number}"
        return Visit(self.walk, script, values, chance)

    def ended(self, task: asyncio.Task[None]) -> None:
        """A visit or the feeder ended; the load does with the last of them."""
        if not task.cancelled() and task.exception() is not None:
            self.done.set()  # a fault of ours: everything a server can do is a shot; `end` tells it
            return
        self.going.discard(task)
        if not self.going:
            self.done.set()

    def note(self, shot: Shot) -> None:
        """Take a shot that ended, and see whether it was one too many."""
        book = self.book
        book.shots.append(shot)
        failed = shot.failed is not None
        book.failed += failed
        if self.done.is_set():
            return
        why = self.guard.see(failed=failed)
        if why is not None:
            self.stop(why, at_once=True)

    def stop(self, why: str, *, at_once: bool = False) -> None:
        """No further request; those in flight are cut off, or waited for."""
        self.book.stopped = self.book.stopped or why
        self.walk.end()
        if at_once:
            self.done.set()
        if self.feeder is not None and isinstance(self.order.shape, Open):
            self.feeder.cancel()

    def stop_from_outside(self, why: str, at_once: bool) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended by itself
            self.loop.call_soon_threadsafe(lambda: self.stop(why, at_once=at_once))


def _session(target: Target, timeout_seconds: float) -> aiohttp.ClientSession:
    """One pool of connections for all visits, as many as are needed; cookies are not its affair."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=target.verify, resolver=resolver_of(target)),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=BROWSER,
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(
            total=timeout_seconds, sock_connect=min(target.connect_seconds, timeout_seconds)
        ),
    )


@contextlib.contextmanager
def _many_files() -> Iterator[None]:
    """Each connection is an open file: let there be as many as the system lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _waited_seconds() -> float:
    """How long this thread was ready to run and no core was free, since it began."""
    try:
        words = Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()
        return int(words[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0

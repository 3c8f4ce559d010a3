"""Is a load driven as it was ordered, and ended when it must be?"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest
from aiohttp import web

from workeroo.catalog.journeys.product import Ask, Journey, Take
from workeroo.lab.wait import wait_until
from workeroo.prove.load.drive import run
from workeroo.prove.load.ledger import Ledger
from workeroo.prove.load.order import Bounds, Order, Target, Weighted, one_page
from workeroo.prove.load.product import Closed, Load, Open, Shot

Drive = Callable[..., tuple[Load, list[Shot]]]

PAGE = Ask(name="page", path="/")
ONCE = Open(trace_seconds=(0.0,))


class Stub(Protocol):
    """The server of conftest."""

    url: str
    tls: ssl.SSLContext | None
    loop: asyncio.AbstractEventLoop
    pages: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]
    seen: list[web.Request]

    def page(self, path: str, text: str = "", status: int = 200) -> None: ...


@pytest.fixture
def hanging(stub: Stub) -> Stub:
    """A server that takes requests and answers none."""

    async def never(request: web.Request) -> web.StreamResponse:
        del request
        await asyncio.Event().wait()
        raise AssertionError

    stub.pages["/"] = never
    return stub


def test_open_visits_arrive_whatever_became_of_those_before(hanging: Stub, drive: Drive) -> None:
    shape = Open(visits_per_second=100, seconds=0.3, arrivals="even")
    load, shots = drive(hanging.url, PAGE, shape=shape, bounds=Bounds(timeout_seconds=0.5))
    assert len(hanging.seen) == len(shots) == 30
    assert load.failures == {"no answer within 0.5 s": 30}
    assert load.offered_per_second == pytest.approx(100)


def test_a_stall_of_the_server_is_seen_by_all_who_were_due_meanwhile(
    stub: Stub, drive: Drive
) -> None:
    """A tool that waits for one answer before it sends the next would see one slow answer."""
    stall_seconds, rate = 0.5, 100

    async def stalls(request: web.Request) -> web.StreamResponse:
        del request
        if len(stub.seen) == 20:
            time.sleep(stall_seconds)  # noqa: ASYNC251 - the whole server stands still, as meant
        return web.Response()

    stub.pages["/"] = stalls
    shape = Open(visits_per_second=rate, seconds=1.0, arrivals="even")
    _, shots = drive(stub.url, PAGE, shape=shape)
    slow = [shot for shot in shots if shot.latency_seconds > stall_seconds / 2]
    assert len(slow) >= stall_seconds / 2 * rate * 0.9
    begun = max(shots, key=lambda shot: shot.latency_seconds).due_seconds
    for shot in shots:
        if begun <= shot.due_seconds <= begun + stall_seconds:
            assert shot.ended_seconds >= begun + stall_seconds * 0.99


def test_closed_users_wait_for_their_answers(stub: Stub, drive: Drive) -> None:
    there, most = set[int](), 0

    async def count(request: web.Request) -> web.StreamResponse:
        nonlocal most
        there.add(id(request))
        most = max(most, len(there))
        await asyncio.sleep(0.01)
        there.discard(id(request))
        return web.Response()

    stub.pages["/"] = count
    shape = Closed(users=3, seconds=0.3, think_seconds=0.0)
    load, shots = drive(stub.url, PAGE, shape=shape)
    assert most == 3
    assert len(shots) > 3
    assert load.all_requests.failed == 0


def test_users_who_think_do_not_all_begin_at_once(stub: Stub, drive: Drive) -> None:
    stub.page("/")
    shape = Closed(users=40, seconds=0.4, think_seconds=0.4)
    _, shots = drive(stub.url, PAGE, shape=shape)
    dues = sorted(shot.due_seconds for shot in shots)
    assert dues[0] < 0.2 < dues[-1]
    assert len({round(due, 3) for due in dues}) > len(dues) / 2


def test_thinking_within_a_visit_is_no_latency(stub: Stub, drive: Drive) -> None:
    stub.page("/")
    _, [first, second] = drive(stub.url, PAGE, Ask(name="next", path="/", think_seconds=0.1))
    assert first.ended_seconds <= second.due_seconds <= second.sent_seconds
    assert second.latency_seconds == second.ended_seconds - second.due_seconds


def test_shots_of_the_warm_up_are_kept_and_left_out_of_figures(stub: Stub, drive: Drive) -> None:
    stub.page("/")
    shape = Open(visits_per_second=50, seconds=0.4, arrivals="even")
    load, shots = drive(stub.url, PAGE, shape=shape, warmup_seconds=0.2)
    assert [shot.cold for shot in shots] == [shot.due_seconds < 0.2 for shot in shots]
    assert (len(shots), load.all_requests.count) == (20, 10)
    assert load.offered_per_second == pytest.approx(50)


def test_visits_take_journeys_by_their_weights(stub: Stub) -> None:
    stub.page("/often")
    stub.page("/seldom")
    order = Order(
        target=Target(url=stub.url),
        shape=Open(trace_seconds=tuple(number / 2000 for number in range(400))),
        journeys=tuple(
            Weighted(journey=one_page(path), weight=weight)
            for path, weight in (("/often", 9.0), ("/seldom", 1.0))
        ),
    )
    load, shots = run(order)
    assert 340 <= load.by_request["page: /often"].count <= 380
    assert load.by_request["page: /seldom"].count == 400 - load.by_request["page: /often"].count
    assert [s.name for s in sorted(shots, key=lambda s: s.due_seconds)] == [
        s.name for s in sorted(run(order)[1], key=lambda s: s.due_seconds)
    ]


def test_a_certificate_that_browsers_refuse_is_let_pass_only_when_told_to(tls_stub: Stub) -> None:
    tls_stub.page("/")

    def failures(target: Target) -> dict[str, int]:
        return run(Order(target=target, shape=ONCE, journeys=(Weighted(journey=one_page("/")),)))[
            0
        ].failures

    refused = {"its certificate is one that browsers refuse": 1}
    assert failures(Target(url=tls_stub.url)) == refused
    assert failures(Target(url=tls_stub.url, verify=False)) == {}


def test_the_certificate_asked_for_is_that_of_the_name_by_which_a_server_is_asked(
    tls_stub: Stub,
) -> None:
    names: list[str] = []
    assert tls_stub.tls is not None
    tls_stub.tls.sni_callback = lambda _, name, __: names.append(name)
    tls_stub.page("/")
    target = Target(url=tls_stub.url, host="shop.example:443", verify=False)
    run(Order(target=target, shape=ONCE, journeys=(Weighted(journey=one_page("/")),)))
    assert names == ["shop.example"]


def test_a_server_can_be_asked_by_another_name(stub: Stub) -> None:
    async def away(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"http://{request.headers['Host']}/home")

    stub.pages["/"] = away
    stub.page("/home")
    target = Target(url=stub.url, host="shop.example")
    journeys = (Weighted(journey=one_page("/")),)
    load, _ = run(Order(target=target, shape=ONCE, journeys=journeys))
    assert load.failures == {}
    assert {request.headers["Host"] for request in stub.seen} == {"shop.example"}


def test_too_many_failures_stop_it_at_once(stub: Stub, drive: Drive) -> None:
    stub.page("/", status=500)
    bounds = Bounds(failure_share=0.1, failure_window=10)
    load, shots = drive(
        stub.url, PAGE, shape=Open(visits_per_second=200, seconds=600), bounds=bounds
    )
    assert load.stopped == "10 of the last 10 requests failed, more than 10%"
    assert len(shots) < 100
    assert load.failures["answered 500"] >= 10


def test_as_many_requests_are_sent_as_are_allowed_and_those_are_waited_for(
    stub: Stub, drive: Drive
) -> None:
    stub.page("/")
    shape = Open(visits_per_second=200, seconds=600)
    load, shots = drive(stub.url, PAGE, shape=shape, bounds=Bounds(requests=5))
    assert load.stopped == "5 requests were sent, the most allowed"
    assert len(shots) == len(stub.seen) == 5
    assert load.failures == {}


def test_time_that_is_over_cuts_off_who_still_waits(hanging: Stub, drive: Drive) -> None:
    load, [shot] = drive(hanging.url, PAGE, bounds=Bounds(seconds=0.2))
    assert load.stopped == "0.2 s were over, the longest that it may take"
    assert shot.failed == "cut off when the load ended"


def test_more_in_flight_than_allowed_stop_it(hanging: Stub, drive: Drive) -> None:
    shape = Open(visits_per_second=200, seconds=600)
    bounds = Bounds(in_flight=10)
    load, shots = drive(hanging.url, PAGE, shape=shape, bounds=bounds)
    assert load.stopped == "10 requests waited for an answer, the most allowed"
    assert len(shots) == 10


@pytest.mark.parametrize(
    "shape",
    [
        Open(visits_per_second=50, seconds=600),
        Closed(users=5, seconds=600, think_seconds=0.02),
    ],
)
def test_whoever_looks_on_from_another_thread_can_end_it(stub: Stub, shape: Open | Closed) -> None:
    stub.page("/")
    ledger = Ledger()
    order = Order(
        target=Target(url=stub.url), shape=shape, journeys=(Weighted(journey=one_page("/")),)
    )
    came: list[tuple[Load, list[Shot]]] = []
    driver = threading.Thread(target=lambda: came.append(run(order, ledger)))
    driver.start()
    wait_until(lambda: ledger.look().answered >= 5, what="five answers", seconds=20)
    seen = ledger.look()
    assert seen.answered_per_second > 0
    assert seen.p95_seconds is not None
    ledger.stop("seen enough")
    driver.join(20)
    [(load, shots)] = came
    assert load.stopped == "seen enough"
    assert load.failures == {}
    assert ledger.look().in_flight == 0
    assert len(shots) == ledger.look().answered


@pytest.mark.parametrize(
    "shape",
    [Open(trace_seconds=(0.0,)), Closed(users=9, seconds=1e9, think_seconds=0.01)],
)
def test_who_thinks_does_not_hold_up_the_end(stub: Stub, shape: Open | Closed) -> None:
    stub.page("/")
    ledger = Ledger()
    slow = Ask(name="later", path="/", think_seconds=1e6)
    walk = Journey(name="walk", does="", steps=(PAGE, slow), first_series=12)
    order = Order(target=Target(url=stub.url), shape=shape, journeys=(Weighted(journey=walk),))
    driver = threading.Thread(target=run, args=(order, ledger))
    driver.start()
    wait_until(lambda: ledger.look().answered >= 1, what="a page", seconds=20)
    ledger.stop("enough")
    driver.join(20)
    assert not driver.is_alive()


def test_a_ledger_that_was_stopped_before_lets_nothing_begin(stub: Stub, drive: Drive) -> None:
    ledger = Ledger()
    ledger.stop("not today")
    shape = Open(visits_per_second=50, seconds=600)
    load, shots = drive(stub.url, PAGE, shape=shape, ledger=ledger)
    assert (load.stopped, shots) == ("not today", [])


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_ctrl_c_ends_all_visits_and_leaves_no_connection(hanging: Stub, drive: Drive) -> None:
    def interrupt() -> None:
        wait_until(lambda: len(hanging.seen) >= 3, what="three requests", seconds=20)
        os.kill(os.getpid(), signal.SIGINT)

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    files = open_files()
    ledger = Ledger()
    with pytest.raises(KeyboardInterrupt):
        drive(hanging.url, PAGE, shape=Open(visits_per_second=50, seconds=600), ledger=ledger)
    interrupter.join()
    assert {shot.failed for shot in ledger.shots} == {"cut off when the load ended"}
    assert ledger.in_flight == 0
    wait_until(lambda: open_files() <= files, what="closing connections", seconds=20)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_may_open_as_many_files_as_the_system_allows_and_gives_that_back(
    stub: Stub, drive: Drive
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    seen: list[tuple[int, int]] = []

    async def look(request: web.Request) -> web.StreamResponse:
        del request
        seen.append(resource.getrlimit(resource.RLIMIT_NOFILE))
        return web.Response()

    stub.pages["/"] = look
    drive(stub.url, PAGE)
    assert seen == [(before[1], before[1])]
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before


def test_a_fault_of_the_generator_is_raised_and_not_laid_to_the_server(
    stub: Stub, drive: Drive
) -> None:
    stub.page("/", "text")
    no_group = Take(name="x", where="html", pattern="text")
    for shape in (
        Open(visits_per_second=50, seconds=600),
        Closed(users=2, seconds=600, think_seconds=0),
    ):
        with pytest.raises(IndexError):
            drive(stub.url, Ask(name="page", path="/", takes=(no_group,)), shape=shape)


def test_a_generator_that_is_asked_for_more_than_it_can_says_so(stub: Stub, drive: Drive) -> None:
    stub.page("/")
    load, _ = drive(stub.url, PAGE, shape=Open(visits_per_second=20_000, seconds=0.05))
    [doubt] = load.doubts
    assert "load generator was busy" in doubt

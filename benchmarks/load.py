#!/usr/bin/env python3
"""How much load does one core send, and are the times that it tells the true ones?

Two questions, each with its own server:

    how many requests a second the generator sends from one core, with open arrivals and with users
    who think, to a server on another core that answers at once (loadstub.py)
    whether it and Tsung, an independent generator with open arrivals, tell the same latencies of
    the same server in the same seconds: of a server whose times are known to the last one, of one
    that stands still now and then, and of a real Odoo 19 in the lab

    .venv/bin/python benchmarks/load.py [--quick] [--json] [--write-docs] [--lab load]

Needs the lab, and Tsung for the second question (apt-get install tsung); about 8 minutes, with
--quick under 3.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import loadpage
from loadfigures import Compared, Held, Pair, Results, Told
from loadpeer import AGENT, Seen, Tsung, version

from workeroo.lab.lab import Lab
from workeroo.prove.load.drive import BROWSER, run
from workeroo.prove.load.ledger import Ledger
from workeroo.prove.load.order import Bounds, Order, Target, Weighted, one_page
from workeroo.prove.load.product import Closed, Load, Open, Shot

CONF = """\
[options]
workers = 8
max_cron_threads = 0
list_db = False
"""

WAITS = {"/workeroo_lab/sleep?seconds=0.05": 80, "/workeroo_lab/sleep?seconds=0.6": 20}
"""Pages of the lab by weight: p50 falls among the first, p95 and p99 among the others."""

COLD_SECONDS = 2.0
"""Left out at the start of either: connections, workers and Erlang are cold."""

THINK_SECONDS = 1.0

PATIENT = Bounds(timeout_seconds=30.0, failure_share=1.0)


class Pace(NamedTuple):
    """How much is done.

    Attributes:
        rates: requests per second that are asked of the generator.
        seconds: for each.
        rounds: pairs of the generators on each server.
        pair_seconds: for each pair.
        stub_rate, lab_rate: visits per second of either generator.
    """

    rates: tuple[int, ...]
    seconds: float
    rounds: int
    pair_seconds: float
    stub_rate: float
    lab_rate: float


PACE = Pace((500, 1000, 2000, 3000, 4000), 8.0, 3, 24.0, 50.0, 10.0)
QUICK = Pace((2000,), 5.0, 1, 14.0, 50.0, 10.0)


@contextmanager
def stub(core: int | None = None) -> Iterator[str]:
    """The server of loadstub.py, in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("loadstub.py"))]
    if core is not None:
        command += ["--core", str(core)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def loaded(
    url: str, pages: Mapping[str, int], shape: Open | Closed, seed: int
) -> tuple[Load, list[Shot], float]:
    """A load, its shots, and when it began by the clock on the wall."""
    ledger = Ledger()
    order = Order(
        target=Target(url=url),
        shape=shape,
        journeys=tuple(Weighted(journey=one_page(p), weight=w) for p, w in pages.items()),
        warmup_seconds=min(COLD_SECONDS, shape.seconds / 4),
        seed=seed,
        bounds=PATIENT,
    )
    wall = time.time() - time.monotonic()
    load, shots = run(order, ledger)
    return load, shots, (ledger.began or 0.0) + wall


def favour(nice: int) -> None:
    """Let this process and those that it starts go before what else runs on the machine."""
    if nice:
        os.nice(nice)
        # Linux shares the cores among sessions first: nice counts only within one.
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(nice), encoding="ascii")


def held(pace: Pace, cores: list[int]) -> list[Held]:
    """What one core sends, each rate with open arrivals and with users."""
    found = []
    os.sched_setaffinity(0, {cores[0]})
    try:
        with stub(cores[-1]) as url:
            for rate in pace.rates:
                users = round(rate * THINK_SECONDS)
                for shape in (
                    Open(visits_per_second=rate, seconds=pace.seconds),
                    Closed(users=users, seconds=pace.seconds, think_seconds=THINK_SECONDS),
                ):
                    load, _, _ = loaded(url, {"/": 1}, shape, seed=rate)
                    found.append(Held.of(rate, load))
                    say(loadpage.held_text(found[-1]))
    finally:
        os.sched_setaffinity(0, set(cores))
    return found


def pair(
    url: str, pages: Mapping[str, int], rate: float, seconds: float, seed: int
) -> tuple[list[Seen], list[Seen]]:
    """What either generator saw of a server in the same seconds, at the same rate."""
    with tempfile.TemporaryDirectory() as name:
        other = Tsung(url, pages, rate, seconds, Path(name))
        shape = Open(visits_per_second=rate, seconds=seconds)
        _, shots, began = loaded(url, pages, shape, seed)
        theirs = other.wait()
    ours = [
        Seen(began + shot.due_seconds, shot.latency_seconds, shot.failed is not None)
        for shot in shots
    ]
    begin = max(min(one.at for one in some) for some in (ours, theirs)) + COLD_SECONDS
    # Tsung's own end is its idling; ours is the earlier one.
    end = min(began, *(one.at for one in theirs)) + seconds
    return within(ours, begin, end), within(theirs, begin, end)


def within(some: list[Seen], begin: float, end: float) -> list[Seen]:
    """Those that began within a stretch of time."""
    return [one for one in some if begin <= one.at < end]


def served(url: str) -> dict[str, list[Seen]]:
    """How long the stub really let each client wait."""
    with urllib.request.urlopen(f"{url}/served") as answer:  # noqa: S310 - our own server
        told = json.load(answer)
    return {agent: [Seen(at, s, failed=False) for at, s in some] for agent, some in told.items()}


def pairs(pace: Pace, url: str, pages: Mapping[str, int], rate: float) -> list[Pair]:
    """Round after round on one server."""
    found = []
    for number in range(pace.rounds):
        ours, theirs = pair(url, pages, rate, pace.pair_seconds, seed=number + 1)
        found.append(Pair(Told.of(ours), Told.of(theirs)))
        say(loadpage.pair_text(found[-1]))
    return found


def known(pace: Pace, path: str) -> tuple[list[Pair], list[Pair]]:
    """The stub, whose times are known: generators against each other, and each against the truth.

    The truth of a client is what the stub let that client wait in the same stretch of time.
    """
    found, true = [], []
    for number in range(pace.rounds):
        with stub() as url:
            ours, theirs = pair(url, {path: 100}, pace.stub_rate, pace.pair_seconds, number + 1)
            truth = served(url)
        begin, end = min(one.at for one in ours), max(one.at for one in ours)
        found.append(Pair(Told.of(ours), Told.of(theirs)))
        true.append(
            Pair(
                Told.of(within(truth[BROWSER["User-Agent"]], begin, end)),
                Told.of(within(truth[AGENT], begin, end)),
            )
        )
        say(f"{loadpage.pair_text(found[-1])}; it waited: {loadpage.pair_text(true[-1])}")
    return found, true


def patient(pace: Pace) -> Told:
    """What users see of the server that stands still: each waits, and asks less meanwhile."""
    think_seconds = 0.1
    users = round(pace.stub_rate * think_seconds)
    with stub() as url:
        shape = Closed(users=users, seconds=pace.pair_seconds, think_seconds=think_seconds)
        _, shots, began = loaded(url, {"/stall": 1}, shape, seed=1)
    return Told.of([
        Seen(began + shot.due_seconds, shot.latency_seconds, shot.failed is not None)
        for shot in shots
        if not shot.cold
    ])  # fmt: skip


def odoo(pace: Pace, name: str) -> tuple[list[Pair], str]:
    """The lab's Odoo."""
    lab = Lab.named(name)
    try:
        with tempfile.TemporaryDirectory() as folder:
            conf = Path(folder) / "odoo.conf"
            conf.write_text(CONF, encoding="utf-8")
            lab.up(conf=conf)
        loaded(lab.url, WAITS, Open(trace_seconds=(0.0,) * 24), seed=1)
        return pairs(pace, lab.url, WAITS, pace.lab_rate), lab.status().version or "unknown"
    finally:
        lab.destroy()


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and print or write what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one rate, one round")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true", help=f"write {loadpage.PAGE.name}")
    parser.add_argument(
        "--nice",
        type=int,
        default=0,
        help="of what measures, where others are at work; best in a session of its own (setsid)",
    )
    parser.add_argument("--lab", default="load", help="the name of the lab")
    given = parser.parse_args()
    pace = QUICK if given.quick else PACE
    before = os.getloadavg()[0]
    favour(given.nice)
    rates = held(pace, sorted(os.sched_getaffinity(0)))
    peer = version()
    compared = None
    if peer is not None:
        compared = Compared(
            peer, *known(pace, "/wait"), *known(pace, "/stall"), patient(pace),
            *odoo(pace, given.lab),
        )  # fmt: skip
    results = Results(before, rates, given.nice, compared)
    print(json.dumps(loadpage.as_json(results), indent=1) if given.json else loadpage.text(results))
    if given.write_docs:
        loadpage.write(results)


if __name__ == "__main__":
    main()

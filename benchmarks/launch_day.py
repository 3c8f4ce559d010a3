#!/usr/bin/env python3
"""A shop's launch day: which number of workers lives through it, fixed or held by the autopilot?

One seeded day, arrivals that wait for nobody, on the lab's webshop; every contender a fresh start
of the same real Odoo 19 and the same arrivals:

    calm                a few visitors
    the mails are out   pages that compute, more than two cores can answer for a while
    slow payment        a payment provider takes a second; the cores are idle
    reports and a sync  people want reports while a scheduled action computes
    calm again

Contenders: threaded, the golden rule, the deployment page's rule, other fixed numbers, and the
autopilot twice: it boots with the most workers and shrinks; once it has settled at its floor in a
quiet night before, once the day begins with the boot. The best fixed number of each phase is found
among all that were tried.

    .venv/bin/python benchmarks/launch_day.py [--quick] [--json] [--write-docs]

Needs the lab; about 22 minutes, with --quick about 11.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import launchpage
from launchpage import Contender, Day, Figures, Phase, Results, Seen
from launchwatch import Memory, Pilot
from loading import PATIENT, Cron, Page, quiet, warm

from workeroo.lab.lab import Lab
from workeroo.prove.load.drive import drive
from workeroo.prove.load.order import Order, Target, Weighted, one_page
from workeroo.prove.load.product import Open, Shot

CONF = """\
[options]
workers = {workers}
max_cron_threads = 1
limit_memory_soft = 2147483648
limit_memory_hard = 2684354560
limit_time_cpu = 600
limit_time_real = 1200
db_maxconn = {connections}
list_db = False
"""

AGENT = "server_wide_modules = base,rpc,web,workeroo_agent\n"

CONNECTIONS, CONNECTIONS_THREADED = 4, 90
"""Of each process: 20 workers, cron and evented process stay below PostgreSQL's 97. A threaded
server has one process for all."""

SHOP, LIGHT = Page("/shop"), Page("/contactus")
PAYMENT = Page("/workeroo_lab/sleep?seconds=1")
REPORT = Page("/workeroo_lab/report?rows=3000")

CALM = {SHOP: 1.0, LIGHT: 1.5}
DAY = (
    Phase("calm", 20, CALM),
    Phase("the mails are out", 15, {SHOP: 8.0, LIGHT: 6.0}),
    Phase("slow payment", 30, {PAYMENT: 15.0, LIGHT: 1.0}),
    Phase("reports and a sync", 20, {REPORT: 1.0, SHOP: 1.0, LIGHT: 1.5}, cron_seconds=15),
    Phase("calm again", 25, CALM),
)
"""Rates in requests a second."""

QUICK_SHARE = 0.5
"""Of the phases' lengths."""

MOST_WORKERS = 20
FIXED, QUICK_FIXED = (2, 8, 12, MOST_WORKERS), (12, MOST_WORKERS)
FLOOR = 2


def contenders(fixed: tuple[int, ...]) -> list[Contender]:
    """Threaded, the rules on this machine's cores, other numbers, and the autopilot."""
    golden = 2 * len(os.sched_getaffinity(0)) + 1
    rules = {0: "threaded", golden - 1: "docs rule", golden: "golden rule"}
    numbers = sorted({*rules, *fixed})
    told = [Contender(rules.get(number, f"{number} workers"), number) for number in numbers]
    return [
        *told,
        Contender("golden rule and agent", golden, agent=True),
        Contender(f"{MOST_WORKERS} workers and agent", MOST_WORKERS, agent=True),
        Contender(launchpage.PILOT, MOST_WORKERS, piloted=True, settled=True),
        Contender(launchpage.BOOTED, MOST_WORKERS, piloted=True),
        Contender(launchpage.BOTH, MOST_WORKERS, piloted=True, settled=True, agent=True),
    ]


def arrivals(day: Day, seed: int) -> dict[Page, list[float]]:
    """When each page is asked for; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a load, not a secret
    found: dict[Page, list[float]] = {}
    for phase, start, end in day.spans():
        for page, rate in phase.rates.items():
            moment = start + chance.expovariate(rate)
            while moment < end:
                found.setdefault(page, []).append(moment)
                moment += chance.expovariate(rate)
    return found


async def live(lab: Lab, day: Day, seed: int) -> list[Shot]:
    """All requests of the day, each page's in a load of its own; they begin together."""
    loads = [
        drive(
            Order(
                target=Target(url=lab.url),
                shape=Open(trace_seconds=tuple(moments)),
                journeys=(Weighted(journey=one_page(page.path)),),
                bounds=PATIENT,
            )
        )
        for page, moments in arrivals(day, seed).items()
    ]
    cron = Cron(lab)
    syncs = [
        sync(cron, start, phase.cron_seconds)
        for phase, start, _ in day.spans()
        if phase.cron_seconds
    ]
    done = await asyncio.gather(asyncio.gather(*loads), *syncs)
    cron.over()  # it shall not run again in the next contender's day
    return [shot for _, shots in done[0] for shot in shots]


async def sync(cron: Cron, start: float, seconds: float) -> None:
    """The scheduled action of a phase, when that begins."""
    await asyncio.sleep(start)
    await asyncio.to_thread(cron.begin, seconds)


@contextmanager
def server(lab: Lab, contender: Contender, folder: Path) -> Iterator[None]:
    """The lab as the contender has it, each worker warm."""
    conf = folder / "odoo.conf"
    connections = CONNECTIONS if contender.workers else CONNECTIONS_THREADED
    text = CONF.format(workers=contender.workers, connections=connections)
    conf.write_text(text + (AGENT if contender.agent else ""), encoding="utf-8")
    lab.up(conf=conf, database="shop")
    quiet(lab)
    warm(lab, [SHOP, LIGHT, REPORT], max(1, contender.workers))
    yield


def compete(lab: Lab, contender: Contender, day: Day, folder: Path, seed: int) -> Figures:
    """One contender's day."""
    with server(lab, contender, folder), ExitStack() as stack:
        pilot = None
        if contender.piloted:
            pilot = stack.enter_context(Pilot(lab, folder, (FLOOR, MOST_WORKERS)))
            if contender.settled:
                pilot.settle(FLOOR)
        memory = stack.enter_context(Memory(lab.master_pid))
        shots = asyncio.run(live(lab, day, seed))
    signals = pilot.signals() if pilot else []
    return Figures.of(contender, day, shots, Seen(memory, signals))


def run(share: float, told: list[Contender], seed: int) -> Results:
    """Every contender's day, one after another."""
    lab = Lab.named("launch-day")
    day = Day.scaled(DAY, share)
    found: dict[str, Figures] = {}
    try:
        with tempfile.TemporaryDirectory() as name:
            for contender in told:
                print(contender.name, file=sys.stderr, flush=True)
                found[contender.name] = compete(lab, contender, day, Path(name), seed)
            version = lab.status().version or "unknown"
    finally:
        lab.destroy()
    return Results(version.partition("+")[0], seed, day, found, quick=share < 1)


def main() -> None:
    """Measure, and print or write what was found."""
    parser = argparse.ArgumentParser(description="A launch day on a real Odoo 19.")
    parser.add_argument("--quick", action="store_true", help="half as long, fewer numbers")
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--write-docs", action="store_true", help="write docs/launch-day.md")
    parser.add_argument("--only", action="append", help="this contender; tables only")
    given = parser.parse_args()
    share, fixed = (QUICK_SHARE, QUICK_FIXED) if given.quick else (1.0, FIXED)
    told = contenders(fixed)
    if given.only:
        told = [contender for contender in told if contender.name in given.only]
    results = run(share, told, given.seed)
    print(json.dumps(results.as_json(), indent=1) if given.json else launchpage.text(results))
    if given.write_docs:
        launchpage.write(results)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How often does the autopilot turn back while the work stays the same?

Simulated hours, each of one load that never changes: requests at random moments that compute, wait,
or both, on 2, 4 or 8 cores. After ten minutes to find the number, each step up that follows a step
down, and each step down that follows a step up, is a reversal. The goal is one in ten minutes.

    .venv/bin/python benchmarks/steady.py [--hours N] [--write-docs]

About a second of a core for each hour.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import NamedTuple

from pagesection import write_section

from workeroo.autopilot.decide import decide
from workeroo.autopilot.product import Bounds
from workeroo.autopilot.simulated import Phase, Server
from workeroo.autopilot.state import State, told
from workeroo.units import GIB

DOCS = Path(__file__).parent.parent / "docs" / "autopilot.md"
LOOK_SECONDS = 0.2
SETTLING_SECONDS = 600.0
HOUR_SECONDS = 3600.0
TEN_MINUTES = 600.0
CEILING = 24

SECTION = """\
## When the work stays the same

Then the number should, too: the goal is one reversal, a step back after a step forth, in ten
minutes. {hours} simulated hours of one unchanging load each, requests at random moments, on 2, 4 or
8 cores, after ten minutes to find the number (`benchmarks/steady.py --write-docs`); "waits" and
"both" are counted against 16 workers:

{table}"""

KINDS = {"computes": (0.1, 0.0), "waits": (0.01, 1.0), "both": (0.05, 0.3)}
"""CPU and wait of a request in seconds, both of them exponential."""

BUSY = (0.3, 0.5, 0.7)
"""Of the cores that the requests need; of those that wait, so many for each of 16 workers."""


class Hour(NamedTuple):
    """What came of one.

    Attributes:
        reversals: after the settling, in ten minutes.
        steps: up and down, in ten minutes.
        workers: on average.
    """

    kind: str
    busy: float
    reversals: float
    steps: float
    workers: float


def hour(seed: int) -> Hour:
    """One hour of one load."""
    random = Random(seed)  # noqa: S311 - a seeded game, no secret
    kind, busy = random.choice(list(KINDS)), random.choice(BUSY)
    cores = random.choice([2, 4, 8])
    cpu, wait = KINDS[kind]
    rate = min(busy * cores / cpu, busy * 16 / (cpu + wait))
    server = Server(random, workers=2 * cores, cores=cores, memory_bytes=16 * GIB)
    bounds = Bounds(floor=2, ceiling=CEILING)
    phase, state = Phase(HOUR_SECONDS, rate, cpu, wait), State()
    steps: list[str] = []
    workers = []
    while server.now < HOUR_SECONDS:
        server.advance(LOOK_SECONDS, phase)
        state, step, _ = decide(state, server.look(), bounds)
        if step.kind != "hold":
            state = told(state, step, server.do(step), bounds)
        if server.now > SETTLING_SECONDS:
            workers.append(server.present)
            if step.kind in {"grow", "shrink"}:
                steps.append(step.kind)
    tens = (HOUR_SECONDS - SETTLING_SECONDS) / TEN_MINUTES
    turns = sum(one != other for one, other in itertools.pairwise(steps))
    return Hour(kind, busy, turns / tens, len(steps) / tens, statistics.fmean(workers))


def table(hours: list[Hour]) -> str:
    """By the kind of load."""
    lines = [
        "| requests | load | hours | reversals in 10 min: mean, worst | steps | workers |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind, busy in itertools.product(KINDS, BUSY):
        of = [each for each in hours if (each.kind, each.busy) == (kind, busy)]
        if of:
            turns = [each.reversals for each in of]
            lines.append(
                f"| {kind} | {busy:.0%} | {len(of)} | {statistics.fmean(turns):.2f},"
                f" {max(turns):.2f} | {statistics.fmean(each.steps for each in of):.2f} |"
                f" {statistics.fmean(each.workers for each in of):.1f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Play them, and say what came."""
    parser = argparse.ArgumentParser(description="Hours of steady load, simulated.")
    parser.add_argument("--hours", type=int, default=270)
    parser.add_argument("--write-docs", action="store_true", help="write into docs/autopilot.md")
    given = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        hours = list(pool.map(hour, range(given.hours), chunksize=5))
    said = table(hours)
    print(said)
    if given.write_docs:
        write_section("steady", SECTION.format(hours=given.hours, table=said), DOCS)


if __name__ == "__main__":
    main()

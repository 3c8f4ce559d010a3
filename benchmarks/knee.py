#!/usr/bin/env python3
"""Is the knee that `workeroo stress` finds the one that an exhaustive sweep of rates finds?

Real Odoo 19 servers of the lab, one after another:

    2 workers that wait 0.2 s for each request, as for a payment provider
    4 workers that wait 0.2 s
    4 workers that each keep one row of the database locked for 0.1 s: one at a time
    2 workers that compute 0.05 s, on a machine with nothing else to do (--idle)

For each a search, and a sweep of rates 5 % apart around what the server could do at most, each
loaded by Poisson arrivals with a seed of its own, in an order of chance. Before each trial of the
search comes one rate of the sweep, so that a slow hour of the machine hits both alike; what is left
of the sweep follows. The sweep's knee is where the share over the target passes 5 %, on a straight
line between rates (by isotonic regression, since a share can only grow with the rate). Search and
sweep count latencies the same way and share no request.

    .venv/bin/python benchmarks/knee.py [--quick] [--idle] [--kept FILE] [--json] [--write-docs]

Needs the lab (`workeroo lab up`); 20 minutes a server, with --quick 13. With --kept a run that is
broken off goes on with the next server.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from knee_page import GOAL, Result, Swept, as_json, read, table, write
from machine import machine

from workeroo.evidence import Unknown
from workeroo.facts.psql import PULSE_QUESTION
from workeroo.lab.lab import Lab
from workeroo.probe.databasewatch import DatabaseWatch
from workeroo.probe.deployments import asking_its_database
from workeroo.probe.pulse import watcher_of
from workeroo.prove.behind import server_on
from workeroo.prove.guard import allowed
from workeroo.prove.knee.judge import counted, quantile
from workeroo.prove.knee.product import SHARE_OVER, Bounds, Try
from workeroo.prove.load.drive import run
from workeroo.prove.load.ledger import Glance
from workeroo.prove.load.order import Order, Target, Weighted, one_page
from workeroo.prove.load.product import Closed, Open
from workeroo.prove.mix import asked_mix
from workeroo.prove.stress import Asked, stress
from workeroo.prove.stressed import Stressed

CONF = """\
[options]
workers = {workers}
max_cron_threads = 0
limit_memory_soft = 2147483648
limit_memory_hard = 2684354560
limit_request = 1000000
list_db = False
"""

TARGET_SECONDS = 1.0
STEP = 1.05
WARM_UP_SECONDS = 10.0

SEARCH_SECONDS, SWEEP_SECONDS = 480.0, 60.0
QUICK_SEARCH_SECONDS, QUICK_SWEEP_SECONDS = 300.0, 25.0


class Setting(NamedTuple):
    """A server, and about what it can do at most, to know where to sweep."""

    workers: int
    page: str
    name: str
    most_per_second: float


SETTINGS = (
    Setting(2, "/workeroo_lab/sleep?seconds=0.2", "2 workers, each request waits 0.2 s", 10.0),
    Setting(4, "/workeroo_lab/sleep?seconds=0.2", "4 workers, each request waits 0.2 s", 20.0),
    Setting(4, "/workeroo_lab/lock?seconds=0.1", "4 workers, each request locks a row 0.1 s", 10.0),
    Setting(2, "/workeroo_lab/burn?seconds=0.05", "2 workers, each request computes 0.05 s", 36.0),
)
NEEDS_AN_IDLE_MACHINE = "computes"
"""In a setting's name: where others compute too, its knee is theirs as much as its own."""

SWEEP_FROM, SWEEP_TO = 0.6, 1.05
"""Of the most that it can do."""


class Sweep:
    """The rates of a sweep, one before each trial of the search that it looks on to."""

    def __init__(self, lab: Lab, setting: Setting, seconds: float, seed: int) -> None:
        self.lab, self.setting, self.seconds, self.seed = lab, setting, seconds, seed
        count = round(math.log(SWEEP_TO / SWEEP_FROM) / math.log(STEP)) + 1
        self.rates = [SWEEP_FROM * setting.most_per_second * STEP**n for n in range(count)]
        random.Random(seed).shuffle(self.rates)  # noqa: S311 - an order, no secret
        self.swept: list[Swept] = []
        self.took_seconds = 0.0

    def begin(self, asked: Try | Open | Closed, why: str) -> None:
        """A trial of the search is about to begin: one rate first, once the server is warm."""
        if not isinstance(asked, Try):
            return
        if not asked.short and self.rates:
            self.one()
        say(f"  search {asked.rate:.2f}/s for {asked.seconds:.0f} s, {why}")

    def see(self, glance: Glance) -> None:
        """Nobody looks."""
        del glance

    def one(self) -> None:
        """The next rate."""
        began = time.monotonic()
        rate = self.rates.pop()
        order = Order(
            target=Target(url=self.lab.url),
            shape=Open(visits_per_second=rate, seconds=self.seconds + WARM_UP_SECONDS),
            journeys=(Weighted(journey=one_page(self.setting.page)),),
            warmup_seconds=WARM_UP_SECONDS,
            seed=1000 + self.seed + len(self.swept),
        )
        _, shots = run(order)
        late = counted(shots).latencies_seconds
        over = sum(one > TARGET_SECONDS for one in late)
        p95 = quantile(sorted(late), 1 - SHARE_OVER)
        found = Swept(rate=rate, requests=len(late), over=over, p95_seconds=p95 or math.nan)
        say(f"  sweep {rate:.2f}/s: {found.share_over:.1%} over, p95 {found.p95_seconds:.2f} s")
        self.swept.append(found)
        self.took_seconds += time.monotonic() - began

    def all(self) -> list[Swept]:
        """What is left, and then all of it by rate."""
        while self.rates:
            self.one()
        return sorted(self.swept)


@contextmanager
def server(setting: Setting) -> Iterator[Lab]:
    """A fresh lab as a setting wants it."""
    lab = Lab.named(f"{os.environ.get('WORKEROO_BENCH_LABS', 'bench')}-knee")
    with tempfile.TemporaryDirectory() as folder:
        conf = Path(folder) / "odoo.conf"
        conf.write_text(CONF.format(workers=setting.workers), encoding="utf-8")
        lab.up(conf=conf, fresh=True)
        try:
            yield lab
        finally:
            lab.destroy()


def found(sweep: Sweep, seconds: float, seed: int) -> Stressed:
    """What the search says."""
    lab, setting = sweep.lab, sweep.setting
    deployment = server_on(lab.http_port)
    if deployment is None:
        raise SystemExit("the lab's Odoo is not seen")
    asking = DatabaseWatch(asking_its_database(deployment, PULSE_QUESTION), every_seconds=2.0)
    with closing(watcher_of(deployment, database=asking)) as watcher:
        return stress(
            Asked(
                allowed=allowed(lab.url, [], b"of a benchmark"),
                mix=asked_mix([setting.page], [], {}),
                bounds=Bounds(target_seconds=TARGET_SECONDS, total_seconds=seconds),
                seed=seed,
                watch=watcher.look,
            ),
            sweep,
        )


def measure(setting: Setting, times: tuple[float, float], seed: int) -> Result:
    """One setting."""
    search_seconds, sweep_seconds = times
    say(setting.name)
    with server(setting) as lab:
        sweep = Sweep(lab, setting, sweep_seconds, seed)
        stressed = found(sweep, search_seconds, seed)
        say(f"  {stressed.said}")
        swept = sweep.all()
    knee = stressed.knee
    if knee is None or knee.rate is None or knee.low_rate is None or knee.high_rate is None:
        raise SystemExit(f"no knee was found: {stressed.said}")
    return Result(
        setting=setting.name,
        rate=knee.rate,
        low_rate=knee.low_rate,
        high_rate=knee.high_rate,
        trials=len(knee.trials),
        binds="could not tell" if isinstance(stressed.binds, Unknown) else stressed.binds.what,
        load=os.getloadavg()[2],
        swept=swept,
    )


def measure_all(asked: argparse.Namespace, times: tuple[float, float]) -> list[Result]:
    """Every setting that is not kept from a run before."""
    kept = asked.kept and Path(asked.kept)
    results = read(kept) if kept and kept.exists() else []
    for number, setting in enumerate(SETTINGS):
        if NEEDS_AN_IDLE_MACHINE in setting.name and not asked.idle:
            continue
        if setting.name not in {result.setting for result in results}:
            results.append(measure(setting, times, asked.seed + 100 * number))
        if kept:
            kept.write_text(as_json(results), encoding="utf-8")
    return results


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, file=sys.stderr, flush=True)


def main() -> int:
    """Measure, and print or write what was found; 1 where a knee is further off than the goal."""
    parser = argparse.ArgumentParser(description="Is the knee found where a sweep finds it?")
    parser.add_argument("--quick", action="store_true", help="two thirds of the time, and rougher")
    parser.add_argument("--idle", action="store_true", help="the machine has nothing else to do")
    parser.add_argument("--kept", metavar="FILE", help="keep results, and go on with those in it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--write-docs", action="store_true", help="write docs/knee-measured.md")
    asked = parser.parse_args()
    times = (SEARCH_SECONDS, SWEEP_SECONDS)
    if asked.quick:
        times = (QUICK_SEARCH_SECONDS, QUICK_SWEEP_SECONDS)
    results = measure_all(asked, times)
    print(as_json(results) if asked.json else "\n".join(table(results)))
    if asked.write_docs:
        write(results, machine(), times)
    return 0 if all(abs(result.off) <= GOAL for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())

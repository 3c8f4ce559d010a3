#!/usr/bin/env python3
"""What do the article's claims come to on a real Odoo 19?

One run, side by side, on the lab's webshop, every setting a fresh start of the same server:

    threaded against processes, the golden rule (cores x 2 + 1) against 1, 2, 3 and more workers,
    against the deployment page's rule, and against the best of all that were tried
    a page that computes, one that waits for somebody else, and a mix of both
    with and without a scheduled action that computes on the same server
    how many users with 10 s to think between two pages are held below a p95 of 1 s

    .venv/bin/python benchmarks/claims.py [--quick] [--json] [--write-docs]

Needs the lab; about 10 minutes, with --quick under 5.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import claimspage
from claimspage import Crowd, Outcome, Results, Setting
from loading import Cron, Page, closed, opened, quiet, warm

from workeroo.lab.lab import Lab

CONF = """\
[options]
workers = {workers}
max_cron_threads = {crons}
limit_memory_soft = 2147483648
limit_memory_hard = 2684354560
; nothing here shall end by a limit
limit_time_cpu = 600
limit_time_real = 1200
db_maxconn = {connections}
list_db = False
"""

POSTGRES_CONNECTIONS = 90
"""What the lab's PostgreSQL has for Odoo, of its 100."""

MOST_CONNECTIONS = 16

PAGES = {
    "computes": {Page("/shop"): 1},
    "waits": {Page("/workeroo_lab/sleep?seconds=0.5"): 1},
    "mixed": {
        Page("/shop"): 12,
        Page("/contactus"): 6,
        Page("/workeroo_lab/sleep?seconds=1.5"): 5,
        Page("/workeroo_lab/burn?seconds=0.4"): 1,
    },
}
"""A page of the shop; a page that waits half a second for a payment provider; both, by weight."""

VISIT = {Page("/"): 1, Page("/shop"): 2, Page("/contactus"): 1}
"""What the crowd looks at."""

CLIENTS = 30
"""As many ask without a pause: more than most settings have workers."""

THINK_SECONDS = 10.0  # the and the article's "concurrent user" is one who also reads
TARGET_P95_SECONDS = 1.0

MORE = (1, 2, 3, 8, 12, 20)
"""Beside the two rules' numbers."""

QUICK_MORE = (2, 8)


class Pace(NamedTuple):
    """How long each part takes."""

    seconds: float
    crowd_seconds: float
    most_users: int
    users_step: int


PACE = Pace(6, 12, 240, 20)
QUICK = Pace(4, 12, 160, 40)


def settings(more: tuple[int, ...]) -> list[Setting]:
    """Threaded, the two rules on this machine's cores, and other numbers."""
    cores = len(os.sched_getaffinity(0))
    golden = 2 * cores + 1
    found = {0: "threaded", golden: "golden rule", golden - 1: "docs rule"}
    numbers = sorted({*found, *more})
    return [Setting(found.get(number, str(number)), number) for number in numbers]


@contextmanager
def server(lab: Lab, setting: Setting, folder: Path) -> Iterator[Lab]:
    """The lab with so many workers, each of which has answered before."""
    # A threaded server has one pool for all its threads; of processes each has its own.
    most = MOST_CONNECTIONS if setting.workers else POSTGRES_CONNECTIONS
    connections = min(most, POSTGRES_CONNECTIONS // (setting.workers + 2 if setting.workers else 1))
    conf = folder / "odoo.conf"
    text = CONF.format(workers=setting.workers, crons=1, connections=connections)
    conf.write_text(text, encoding="utf-8")
    lab.up(conf=conf, database="shop")
    quiet(lab)
    warm(lab, [*PAGES["computes"], *VISIT], max(1, setting.workers))
    yield lab


def saturate(lab: Lab, pace: Pace, seed: int) -> dict[str, Outcome]:
    """What each kind of page comes to when more ask than can be answered."""
    return {
        name: Outcome.of(closed(lab, pages, CLIENTS, pace.seconds, think_seconds=0, seed=seed))
        for name, pages in PAGES.items()
    }


def beside_a_cron(lab: Lab, rate: float, pace: Pace, seed: int) -> tuple[Outcome, Outcome]:
    """The same arrivals at a page that computes, without and with a scheduled action beside."""
    alone = Outcome.of(opened(lab, PAGES["computes"], rate, pace.crowd_seconds, seed=seed))
    cron = Cron(lab)
    cron.begin(pace.crowd_seconds + 4)
    cron.begun()
    beside = Outcome.of(opened(lab, PAGES["computes"], rate, pace.crowd_seconds, seed=seed))
    cron.over()
    return alone, beside


def crowd(lab: Lab, pace: Pace, seed: int) -> Crowd:
    """The most users that are held, by halving: each number asked is one run."""
    held, missed = 0, pace.most_users + pace.users_step
    tried: dict[int, Outcome] = {}
    while missed - held > pace.users_step:
        users = (held + missed) // 2 // pace.users_step * pace.users_step or pace.users_step
        if users in tried:
            break
        load = closed(lab, VISIT, users, pace.crowd_seconds, THINK_SECONDS, seed=seed)
        tried[users] = Outcome.of(load)
        good = tried[users].holds(TARGET_P95_SECONDS)
        held, missed = (users, missed) if good else (held, users)
        say(f"  {users} users: p95 {tried[users].p95_seconds or 0:.2f} s")
    return Crowd(held, missed, tried)


def run(pace: Pace, more: tuple[int, ...], seed: int) -> Results:
    """All of it."""
    lab = Lab.named("claims")
    found: dict[Setting, dict[str, Outcome]] = {}
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for setting in settings(more):
                say(f"{setting.name}: {setting.workers} workers")
                with server(lab, setting, folder):
                    found[setting] = saturate(lab, pace, seed)
            best = claimspage.best(found, "mixed")
            golden = next(one for one in found if one.name == "golden rule")
            rate = found[golden]["computes"].answered_per_second / 2
            crowds, crons = {}, {}
            for setting in dict.fromkeys([next(iter(found)), golden, best]):
                say(f"{setting.name}: users, and a scheduled action beside them")
                with server(lab, setting, folder):
                    crons[setting] = beside_a_cron(lab, rate, pace, seed)
                    crowds[setting] = crowd(lab, pace, seed)
            version = lab.status().version or "unknown"
    finally:
        lab.destroy()
    return Results(version.partition("+")[0], seed, pace.seconds, rate, found, crons, crowds)


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and print or write what was found."""
    parser = argparse.ArgumentParser(description="The article's claims on a real Odoo 19.")
    parser.add_argument("--quick", action="store_true", help="under 5 minutes, and rougher")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--write-docs", action="store_true", help="write docs/performance.md")
    given = parser.parse_args()
    pace, more = (QUICK, QUICK_MORE) if given.quick else (PACE, MORE)
    results = run(pace, more, given.seed)
    print(json.dumps(results.as_json(), indent=1) if given.json else claimspage.text(results))
    if given.write_docs:
        claimspage.write(results)


if __name__ == "__main__":
    main()

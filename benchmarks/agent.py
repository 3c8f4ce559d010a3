#!/usr/bin/env python3
"""What do workers cost that the agent prepared, against those of a stock Odoo?

In turn, on the lab's webshop: a stock server and one with the agent, each started anew. Of each
worker its first /shop and the later ones, in seconds of a core by the kernel's own account of the
process, and the memory that it then has, proportionally.

    .venv/bin/python benchmarks/agent.py [--rounds N] [--write-docs]

Needs the lab; about a minute a round.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from launchwatch import children, pss_bytes
from machine import machine
from pagesection import write_section

from workeroo.lab.lab import Lab
from workeroo.lab.process import PROC
from workeroo.units import MIB

DOCS = Path(__file__).parent.parent / "docs" / "agent.md"
CONF = """\
[options]
workers = 4
max_cron_threads = 0
db_maxconn = 8
list_db = False
"""
AGENT = "server_wide_modules = base,rpc,web,workeroo_agent\n"
PATH = "/shop"
REQUESTS = 60
NANOSECONDS = 1e9


class Seen(NamedTuple):
    """One server.

    Attributes:
        start_seconds: until it served.
        first, later: seconds of a core, of each worker's first page and of the others.
        pss_bytes: of each worker in the end.
    """

    start_seconds: float
    first: list[float]
    later: list[float]
    pss_bytes: list[int]


def seen(lab: Lab, folder: Path, conf: str) -> Seen:
    """Start it, ask one page after another, and look who answered."""
    path = folder / "odoo.conf"
    path.write_text(conf, encoding="utf-8")
    lab.down()
    began = time.monotonic()
    lab.up(conf=path, database="shop")
    start_seconds = time.monotonic() - began
    fresh = {pid: core_seconds(pid) for pid in children(lab.master_pid) if is_worker(pid)}
    first, later, known, before = [], [], set[int](), dict(fresh)
    for _ in range(REQUESTS):
        ask(lab)
        now = {pid: core_seconds(pid) for pid in fresh}
        pid = max(now, key=lambda each: now[each] - before[each])
        (later if pid in known else first).append(now[pid] - before[pid])
        known.add(pid)
        before = now
    return Seen(start_seconds, first, later, [pss_bytes(pid) for pid in fresh])


def ask(lab: Lab) -> None:
    """One page, on a connection of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", lab.http_port)) as connection:
        connection.request("GET", PATH)
        if connection.getresponse().read() == b"":
            raise SystemExit(f"{PATH} is empty")


def is_worker(pid: int) -> bool:
    """No evented process: that one was started, not forked."""
    return b"gevent" not in (PROC / f"{pid}/cmdline").read_bytes()


def core_seconds(pid: int) -> float:
    """Time on a core of all threads, to the nanosecond: ticks are too coarse for a page."""
    times = (PROC / f"{pid}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in times) / NANOSECONDS


def table(found: dict[str, list[Seen]]) -> str:
    """Medians over all rounds."""
    lines = [
        "| | the first page of a worker | later pages | memory of a worker | start |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, rounds in found.items():
        first = statistics.median([each for one in rounds for each in one.first])
        later = statistics.median([each for one in rounds for each in one.later])
        pss = statistics.median([each for one in rounds for each in one.pss_bytes])
        start = statistics.median([one.start_seconds for one in rounds])
        lines.append(
            f"| {name} | {first:.2f} s of a core | {later:.2f} s | {pss / MIB:.0f} MiB |"
            f" {start:.1f} s |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure in turn, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description="Workers with and without the agent.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write-docs", action="store_true", help="write into docs/agent.md")
    given = parser.parse_args()
    found: dict[str, list[Seen]] = {"stock": [], "with the agent": []}
    lab = Lab.named("agent-costs")
    try:
        with tempfile.TemporaryDirectory() as name:
            for _ in range(given.rounds):
                found["stock"].append(seen(lab, Path(name), CONF))
                found["with the agent"].append(seen(lab, Path(name), CONF + AGENT))
            version = (lab.status().version or "unknown").partition("+")[0]
    finally:
        lab.destroy()
    said = table(found)
    print(said)
    if given.write_docs:
        text = f"""\
## What it brings

On {machine(f"Odoo {version}")}; a webshop's
`{PATH}`, medians of {given.rounds} starts with 4 workers each, in turn. Written by

    .venv/bin/python benchmarks/agent.py --write-docs

{said}

Memory is the proportional share (PSS); the start is that of the whole lab."""
        write_section("agent", text, DOCS)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What does it cost to watch a server with 20 workers five times a second?

The watcher runs as a process of its own, as `workeroo top`, `metrics` and the autopilot do, beside
a real Odoo 19 with 20 workers: at rest, under load with a queue, and under the same load where the
sockets are read from /proc/net/tcp, as for a server in a container. CPU is what the kernel says
that the watcher used after its start; memory is the most that it held.

    .venv/bin/python benchmarks/pulse.py [--seconds 30] [--write-docs]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from machine import machine

from workeroo.lab.lab import Lab

WORKERS, LOOKS_PER_SECOND, CLIENTS = 20, 5, 30
CPU_BUDGET, MEMORY_BUDGET_MIB = 0.005, 40
PAGE = Path(__file__).parent.parent / "docs" / "pulse-measured.md"

WATCHER = """
import json, resource, sys, time
from workeroo.probe.pulse import Watcher
pid, port, seconds, rate, text = map(int, sys.argv[1:])
def used():
    it = resource.getrusage(resource.RUSAGE_SELF)
    return it.ru_utime + it.ru_stime
watcher = Watcher(pid, port, netlink=not text)
watcher.look()
start, busy, waiting, looks = used(), 0, 0, seconds * rate
began = time.monotonic()
for n in range(1, looks + 1):
    time.sleep(max(0, began + n / rate - time.monotonic()))
    pulse = watcher.look()
    busy += pulse.count("busy")
    waiting += pulse.waiting
print(json.dumps({
    "start_seconds": start, "share": (used() - start) / (time.monotonic() - began),
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "busy": busy / looks, "waiting": waiting / looks, "served": pulse.served,
    "workers": len(pulse.http)}))
"""


def watch(lab: Lab, seconds: int, *, text: bool = False) -> dict[str, float]:
    """One run of the watcher in a process of its own."""
    numbers = [lab.master_pid, lab.http_port, seconds, LOOKS_PER_SECOND, int(text)]
    before = _idle_seconds()
    done = subprocess.run(
        [sys.executable, "-c", WATCHER, *map(str, numbers)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout)
    cores = os.cpu_count() or 1
    told["host_busy"] = max(0.0, cores - (_idle_seconds() - before) / seconds)
    return told


def _idle_seconds() -> float:
    words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    return (int(words[4]) + int(words[5])) / 100


async def _client(port: int, end: float) -> None:
    while time.monotonic() < end:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /workeroo_lab/sleep?seconds=0.3 HTTP/1.0\r\nHost: lab\r\n\r\n")
            await reader.read()
            writer.close()


async def _clients(port: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    await asyncio.gather(*(_client(port, end) for _ in range(CLIENTS)))


def loaded(lab: Lab, seconds: int, *, text: bool = False) -> dict[str, float]:
    """One run while clients ask from another process."""
    argv = [sys.executable, __file__, "--clients", str(lab.http_port), str(seconds + 5)]
    with subprocess.Popen(argv) as clients:
        time.sleep(2)  # until every worker has had a request
        told = watch(lab, seconds, text=text)
        clients.wait()
    return told


def table(runs: dict[str, dict[str, float]]) -> str:
    """The figures."""
    lines = [
        "| server | share of a core | peak memory | busy workers | waiting | host, cores busy |",
        "|---|---|---|---|---|---|",
    ]
    for name, it in runs.items():
        lines.append(
            f"| {name} | {it['share']:.2%} | {it['peak_mib']:.0f} MiB | {it['busy']:.1f} |"
            f" {it['waiting']:.1f} | {it['host_busy']:.2f} |"
        )
    return "\n".join(lines)


def page(runs: dict[str, dict[str, float]], seconds: int) -> str:
    """The page of docs."""
    worst = max(run["share"] for name, run in runs.items() if "text" not in name)
    peak = max(run["peak_mib"] for run in runs.values())
    kept = worst <= CPU_BUDGET and peak <= MEMORY_BUDGET_MIB
    return f"""# The watch, measured

What does it cost to watch an Odoo with {WORKERS} workers {LOOKS_PER_SECOND} times a second? Made by

    .venv/bin/python benchmarks/pulse.py --seconds {seconds} --write-docs

on {machine()},
beside a real Odoo 19 with {WORKERS} workers; under load {CLIENTS} clients ask, one request
after the other, for a page that waits 0.3 s. The watcher is a process of its own; its share is CPU
time by wall time after its start.

{table(runs)}

The budget is {CPU_BUDGET:.1%} of a core and {MEMORY_BUDGET_MIB} MiB:
{"kept" if kept else "missed"}, with {worst:.2%} and {peak:.0f} MiB at most where netlink is asked.
What a look costs depends on what else runs: the more others push the watcher out of the
processor's caches, the dearer it is, so the last column belongs to the figure.

## What is looked at how often

- At every look: who waits (the listening socket, by netlink), whether each worker has a connection
  (one link of /proc/PID/fd), state, CPU and memory of each process (/proc/PID/stat), CPU of the
  host.
- The kernel's whole list of connections, which says since when each waits and corrects what was
  seen: so often that it takes 0.04% of a core, here every 0.4 to 4 s. From /proc/net/tcp, 1%.
- The proportional share of memory (PSS): one process after the other, 0.03% of a core.
- Memory, limits and pressure of the host: every 2 s.
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What does the watch cost?")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--lab", default="pulse-bench")
    parser.add_argument("--clients", nargs=2, type=int, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.clients:
        asyncio.run(_clients(*told.clients))
        return
    lab = Lab.named(told.lab)
    with tempfile.TemporaryDirectory() as folder:
        conf = Path(folder) / "odoo.conf"
        conf.write_text(f"[options]\nworkers = {WORKERS}\nmax_cron_threads = 1\n", encoding="utf-8")
        lab.up(conf=conf)
    try:
        runs = {
            "at rest": watch(lab, told.seconds),
            "under load": loaded(lab, told.seconds),
            "under load, sockets read as text": loaded(lab, told.seconds, text=True),
        }
    finally:
        lab.destroy()
    print(table(runs))
    if told.write_docs:
        PAGE.write_text(page(runs, told.seconds), encoding="utf-8")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How quickly does Workeroo read a log, next to others that read the same one?

Makes the log of a busy Odoo (logmaker.py; 1 GB, about 7 million lines), or takes the one made
before, and has every peer that is installed read it, each as a whole process, in turn, round after
round, so that a slow moment of the machine hits all. The file is in the page cache. Then holds what
each has counted against the truth, and prints times, memory, and the ratio to ripgrep.

    .venv/bin/python benchmarks/logs.py [--quick] [--runs 5] [--json] [--write-docs]
                                        [--install-peers]

About 7 minutes; with --quick (100 MB, 3 rounds) under two. The log stays in the cache folder.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import logpage
from logpage import Results, Run
from logpeers import LONG_SECONDS, Missing, Peer, install, peers_of
from logshape import Shape, Truth, truth_path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "workeroo" / "benchmarks"
SAMPLE_SECONDS = 0.02

LAUNCHER = """
import os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
started = time.perf_counter()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - started
print(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, file=sys.stderr)
"""
"""Starts a peer from a small process: what that holds counts as the peer's memory, so no peer is
seen to need less than its 10 MB or so."""

INCIDENTS = {
    "pool-full": "connection-pool-full",
    "memory-error": "memory-hard-limit",
    "worker-timeout": "worker-time-limit",
    "cpu-limit": "cpu-time-limit",
    "serialization-retry": "serialization-failures",
    "soft-memory-limit": "memory-soft-limit",
}
"""Which incident is made of which line; a made log has these and no others."""


def made(shape: Shape) -> tuple[Path, Truth]:
    """The log of this shape, made now if it is not there yet."""
    log = CACHE / f"odoo-{shape.series}-{shape.size_bytes // 1000**2}MB-{shape.seed}.log"
    if truth_path(log).exists():
        truth = Truth.read(log)
        if truth.shape == json.loads(json.dumps(shape._asdict())):
            return log, truth
    CACHE.mkdir(parents=True, exist_ok=True)
    print(f"making {log} ...", file=sys.stderr)
    # In a process of its own: what this one holds would count as the peers' memory.
    maker = [sys.executable, str(Path(__file__).with_name("logmaker.py")), str(log)]
    size, seed, series = shape.size_bytes // 1000**2, shape.seed, shape.series
    options = [f"--size={size}", f"--seed={seed}", f"--series={series}"]
    subprocess.run([*maker, *options], check=True, stdout=sys.stderr)
    return log, Truth.read(log)


def measure(peer: Peer) -> tuple[Run, str]:
    """One run of a whole process, and what it has printed."""
    launch = [sys.executable, "-I", "-S", "-c", LAUNCHER, *peer.command]
    with tempfile.TemporaryFile() as output:
        told = subprocess.run(launch, check=True, stdout=output, stderr=subprocess.PIPE).stderr
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if not text:
        sys.exit(f"{peer.name} printed nothing; run it by hand: {' '.join(peer.command)}")
    seconds, cpu_seconds, peak_bytes = told.split()
    return Run(float(seconds), float(cpu_seconds), int(peak_bytes)), text


def measure_tree(peer: Peer) -> int:
    """The most memory of a process and all that it has started, in bytes, in a run of its own."""
    process = subprocess.Popen(peer.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most, done = 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(SAMPLE_SECONDS):
            most = max(most, _tree_bytes(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    return most


def _tree_bytes(pid: int) -> int:
    """Proportional memory of a process and its children: what they share counts once."""
    total = 0
    with contextlib.suppress(OSError):  # it may be gone by now
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text(encoding="ascii").split()
            total += sum(_tree_bytes(int(child)) for child in children)
    return total


def rounds(peers: list[Peer], runs: int, truth: Truth) -> tuple[dict[str, list[Run]], list[str]]:
    """All runs, in turn; and what was counted wrong."""
    measured: dict[str, list[Run]] = {peer.name: [] for peer in peers}
    wrong: list[str] = []
    for number in range(runs):
        for peer in peers:
            before = measured[peer.name]
            if before and before[0].seconds > LONG_SECONDS:
                continue
            print(f"round {number + 1} of {runs}: {peer.name}", file=sys.stderr)
            run, text = measure(peer)
            if not before:
                wrong += differences(peer, text, truth)
            before.append(run)
    return measured, wrong


def differences(peer: Peer, text: str, truth: Truth) -> list[str]:
    """Where the output of a peer is not the truth, as sentences."""
    if peer.name.startswith("workeroo"):
        counted = _counted(json.loads(text))
        true = {
            "lines": truth.lines,
            "requests": truth.requests,
            "errors": truth.errors,
            "untimed": truth.untimed,
            "busy ms": truth.busy_ms,
            "SQL ms": truth.sql_ms,
            "workers": truth.shape["workers"],
            "classes": {name: one["count"] for name, one in truth.classes.items()},
            "incidents": {INCIDENTS[k]: n for k, n in truth.told.items() if k in INCIDENTS},
        }
    elif peer.counted is not None:
        counted, true = {"requests": peer.counted(text)}, {"requests": truth.requests}
    else:
        return []
    return [
        f"{peer.name}: {what}: {counted[what]}, not {true[what]}"
        for what in true
        if counted[what] != true[what]
    ]


def _counted(diagnosis: dict[str, Any]) -> dict[str, Any]:
    """What Workeroo says of that which the truth knows."""
    workload = diagnosis["workload"]
    classes = workload["classes"]
    return {
        "lines": workload["lines"],
        "requests": workload["requests"],
        "errors": workload["errors"],
        "untimed": sum(one["untimed"] for one in classes),
        "busy ms": round(sum(hour["busy_seconds"] for hour in workload["hours"]) * 1000),
        "SQL ms": round(sum(one["sql"]["sum_seconds"] for one in classes) * 1000),
        "workers": workload["concurrency"]["workers"],
        "classes": {one["name"]: one["count"] for one in classes},
        "incidents": {one["id"]: one["count"] for one in diagnosis["incidents"]},
    }


def main() -> None:
    """Measure, and show it as the options tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="100 MB, 3 rounds")
    parser.add_argument("--runs", type=int, default=0, help="rounds")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true", help="write docs/performance.md")
    parser.add_argument("--install-peers", action="store_true", help="Polars and odoo-logs, apart")
    given = parser.parse_args()
    environment = CACHE / "peers"
    if given.install_peers:
        CACHE.mkdir(parents=True, exist_ok=True)
        install(environment)
    log, truth = made(Shape(size_bytes=100 * 1000**2) if given.quick else Shape())
    found = peers_of(log, environment)
    peers = [peer for peer in found if isinstance(peer, Peer)]
    load = os.getloadavg()[0]
    measured, wrong = rounds(peers, given.runs or (3 if given.quick else 5), truth)
    memory = {peer.name: measure_tree(peer) for peer in peers if peer.forks}
    missing = [peer for peer in found if isinstance(peer, Missing)]
    results = Results(truth, peers, missing, measured, memory, wrong, load)
    print(json.dumps(logpage.as_json(results), indent=1) if given.json else logpage.text(results))
    if given.write_docs:
        logpage.write(results)


if __name__ == "__main__":
    main()

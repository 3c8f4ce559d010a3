#!/usr/bin/env python3
"""How quickly does Workeroo answer, and in how much memory?

Runs each command several times as a whole process, in turn with `python -c pass` on the same
interpreter, so that a slow moment of the machine hits both. Prints medians and the ratio.
For the audit of a live server, have one running: `workeroo lab up`.

    .venv/bin/python benchmarks/start.py [--runs 9]
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

WORKEROO = str(Path(sys.executable).with_name("workeroo"))
BASELINE = [sys.executable, "-c", "pass"]
COMMANDS = {
    "workeroo --help": [WORKEROO, "--help"],
    "workeroo facts": [WORKEROO, "facts"],
    "workeroo audit": [WORKEROO, "audit"],
    "workeroo plan": [WORKEROO, "plan"],
}


def measure(command: list[str]) -> tuple[float, int]:
    """Wall seconds and peak bytes of one run."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - started, usage.ru_maxrss * 1024


def compare(command: list[str], runs: int) -> tuple[float, int, float]:
    """Median seconds, peak bytes, and median ratio to the bare interpreter, run pair by pair."""
    measure(command)  # fills the disk cache
    pairs = [(measure(command), measure(BASELINE)) for _ in range(runs)]
    seconds = statistics.median(ours for (ours, _), _ in pairs)
    peak = max(memory for (_, memory), _ in pairs)
    ratio = statistics.median(ours / bare for (ours, _), (bare, _) in pairs)
    return seconds, peak, ratio


def main() -> None:
    """Print one line per command."""
    parser = argparse.ArgumentParser(description="How quickly does Workeroo answer?")
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    cores = len(os.sched_getaffinity(0))
    print(f"Python {platform.python_version()}, {cores} cores, Linux {platform.release()}")
    print(f"{'command':<18} {'median':>8} {'peak':>8}   times a bare interpreter's start")
    for name, command in COMMANDS.items():
        seconds, peak, ratio = compare(command, runs)
        print(f"{name:<18} {seconds:6.2f} s {peak / 1024**2:5.0f} MiB   {ratio:.1f}")


if __name__ == "__main__":
    main()

"""Does any of 10,000 random days make the autopilot break an invariant? How long does that take?

.venv/bin/python benchmarks/autopilot_traces.py [--traces 10000] [--first 0]

Every day is one seed: a server of any size, phases of any work, mishaps. The exit status is 1 where
an invariant was broken; the seeds are told.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from workeroo.autopilot.rehearsal import Rehearsed, rehearse

CHUNK = 100
SUMS = ("looks", "grown", "shrunk", "retired", "served", "lost")


def main() -> int:
    """Play the days, and tell what came of them."""
    parser = argparse.ArgumentParser(description="Plays random days of the autopilot.")
    parser.add_argument("--traces", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    said = parser.parse_args()
    began = time.perf_counter()
    broken: list[Rehearsed] = []
    sums = dict.fromkeys(SUMS, 0)
    with ProcessPoolExecutor() as pool:
        seeds = range(said.first, said.first + said.traces)
        for day in pool.map(rehearse, seeds, chunksize=CHUNK):
            for name in SUMS:
                sums[name] += getattr(day, name)
            if day.broken:
                broken.append(day)
    seconds = time.perf_counter() - began
    told = ", ".join(f"{count} {name}" for name, count in sums.items())
    print(f"{said.traces} days in {seconds:.1f} s: {told}; {len(broken)} broke an invariant")
    for day in broken[:10]:
        print(f"  seed {day.seed}: {day.broken[0]}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

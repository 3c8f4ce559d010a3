"""Is a real Odoo worse off with the autopilot than without it, whatever happens to either?

.venv/bin/python benchmarks/chaos.py [--only NAME] [--write-docs]

Each trouble twice, under the same load straight to Odoo's port: once with the autopilot, once with
the number of odoo.conf alone. Every answer that is not 200 is a lost request. It takes some 30 s
for each of the two.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from chaospage import Told, table, write_page
from chaosrun import FLOOR, Figures, tried
from chaosstories import STORIES

from workeroo.lab.lab import Lab

CONF = f"[options]\nworkers = {FLOOR}\nmax_cron_threads = 1\n"


def main() -> int:
    """Bring a lab up, let things happen to it, and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [story.name for story in STORIES]
    parser.add_argument("--only", action="append", choices=names, help="one trouble; again")
    parser.add_argument("--lab", default="chaos", help="name of the lab that is made")
    parser.add_argument("--write-docs", action="store_true", help="write docs/autopilot.md's part")
    said = parser.parse_args()
    told: list[Told] = []
    lab = Lab.named(said.lab)
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
            conf.write(CONF)
            conf.flush()
            lab.up(conf=Path(conf.name))
        for story in STORIES:
            if said.only and story.name not in said.only:
                continue
            alone = tried(story, lab, flown=False)
            told.append(Told(story.name, alone, tried(story, lab, flown=True)))
            print("\n".join(table(told[-1:])[2:]), flush=True)
    finally:
        lab.destroy()
    print("\n".join(table(told)))
    if said.write_docs:
        write_page(told)
    return max(_broken(one.flown) > _broken(one.alone) for one in told)


def _broken(figures: Figures) -> int:
    """Requests that a server had and did not answer."""
    return figures.lost - figures.refused


if __name__ == "__main__":
    sys.exit(main())

"""What does the run of isolation.py say, as a table, as JSON, and as a page?"""

from __future__ import annotations

import math
import os
import platform
import statistics
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).parent.parent / "docs" / "split-measured.md"

GOAL = 0.10
"""A scheduled action on the backend may move the frontend's p95 by less than this share."""


STANDS = ("split", "split, PostgreSQL free", "mixed")


class Condition(NamedTuple):
    """Which servers, and what their scheduled action does meanwhile; None for no action."""

    stand: str
    action: str | None

    @classmethod
    def every(cls) -> list[Condition]:
        """All of them, in the order in which they take turns."""
        actions = (None, "computes", "queries")
        return [cls(stand, action) for stand in STANDS for action in actions]

    @property
    def name(self) -> str:
        """For people."""
        told = {None: "no action", "computes": "an action computes", "queries": "an action queries"}
        return f"{self.stand}, {told[self.action]}"


class Figures(NamedTuple):
    """One condition in one round: milliseconds, requests, and the cores each kept busy."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    requests: int
    failed: int
    cores: dict[str, float]


class Spread(NamedTuple):
    """A figure over the rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """The median and the ends."""
        return cls(statistics.median(values), min(values), max(values))


class Machine(NamedTuple):
    """What it was measured on."""

    processor: str
    cores: int
    linux: str
    odoo: str
    neighbour_slowdown: float
    load_before: float

    @classmethod
    def here(cls, odoo: str, slowdown: float, load_before: float) -> Machine:
        """This one."""
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        models = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
        cores = len(os.sched_getaffinity(0))
        linux = platform.release().partition("-")[0]
        processor = models[0] if models else platform.machine()
        return cls(processor, cores, linux, odoo.partition("+")[0], slowdown, load_before)

    def __str__(self) -> str:
        """In one line."""
        return f"{self.processor}, {self.cores} cores, Linux {self.linux}, Odoo {self.odoo}"


class Results(NamedTuple):
    """A whole run."""

    machine: Machine
    seed: int
    rounds: int
    seconds: float
    rate: float
    figures: dict[Condition, list[Figures]]

    def latency_ms(self, condition: Condition, name: str) -> Spread:
        """p50_ms, p95_ms or p99_ms of a condition."""
        return Spread.of([getattr(one, name) for one in self.figures[condition]])

    def moved(self, condition: Condition) -> Spread:
        """By which share p95 moved against the same servers without an action, round by round."""
        pairs = zip(self.figures[condition], self.figures[Condition(condition.stand, None)],
                    strict=True)  # fmt: skip
        return Spread.of([one.p95_ms / quiet.p95_ms - 1 for one, quiet in pairs])

    def busy(self, condition: Condition) -> dict[str, float]:
        """The cores that each party kept busy."""
        rounds = self.figures[condition]
        return {who: statistics.mean(one.cores.get(who, 0) for one in rounds) for who in PARTIES}

    @property
    def others(self) -> float:
        """The cores that everyone else on the machine kept busy."""
        return statistics.mean(self.busy(condition)["others"] for condition in self.figures)

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        conditions = {
            condition.name: {
                **{name: self.latency_ms(condition, name)._asdict() for name in LATENCIES},
                "p95_moved": self.moved(condition)._asdict(),
                "busy_cores": self.busy(condition),
                "rounds": [one._asdict() for one in rounds],
            }
            for condition, rounds in self.figures.items()
        }
        facts = {"seed": self.seed, "seconds": self.seconds, "requests_per_second": self.rate}
        return {"machine": self.machine._asdict(), **facts, "conditions": conditions}


PARTIES = {
    "asked": "the server asked",
    "backend": "the backend",
    "postgresql": "PostgreSQL",
    "load": "the load",
    "others": "others",
}

QUIET_CORES = 0.15
"""Others may keep so many busy (0.08 where nobody else works); more, and p95 is theirs too."""

LATENCIES = ("p50_ms", "p95_ms", "p99_ms")


def percentile(ordered: list[float], percent: float) -> float:
    """The nearest rank of what is ordered already."""
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def table(results: Results) -> str:
    """For a terminal."""
    rows = _rows(results)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([str(results.machine), "", *lines, "", *_sentences(results)])


def write(results: Results) -> None:
    """The page of the docs."""
    busy = [["condition", *PARTIES.values()], *_busy(results)]
    text = _TEXT.format(
        machine=results.machine,
        seed=results.seed,
        rounds=results.rounds,
        seconds=results.seconds,
        rate=results.rate,
        table=_markdown(_rows(results)),
        quiet=QUIET_CORES,
        warning=_warning(results),
        sentences="\n".join(map(_item, _sentences(results))),
        busy=_markdown(busy),
    )
    PAGE.write_text(text, encoding="utf-8")


def _warning(results: Results) -> str:
    if results.others <= QUIET_CORES:
        return ""
    others = f"others kept {results.others:.1f} cores busy meanwhile"
    return f"\n**Disturbed: {others}. Do not rely on these figures.**\n"


def _rows(results: Results) -> list[list[str]]:
    rows = [["condition", "p50 ms", "p95 ms", "p99 ms", "p95 against no action", "failed"]]
    for condition, rounds in results.figures.items():
        cells = [_milliseconds(results.latency_ms(condition, name)) for name in LATENCIES]
        moved = _share(results.moved(condition)) if condition.action else ""
        failed = sum(one.failed for one in rounds), sum(one.requests for one in rounds)
        rows.append([condition.name, *cells, moved, f"{failed[0]} of {failed[1]}"])
    return rows


def _busy(results: Results) -> list[list[str]]:
    return [
        [condition.name, *(f"{results.busy(condition)[party]:.2f}" for party in PARTIES)]
        for condition in results.figures
    ]


def _against_goal(moved: Spread) -> str:
    """What may be said of the goal: the rounds decide, not their middle alone."""
    if moved.most < GOAL:
        return f"in every round less than {GOAL:.0%}"
    if moved.least >= GOAL:
        return f"in no round less than {GOAL:.0%}"
    return f"which cannot be told from {GOAL:.0%} here: the rounds lie on both sides of it"


def _sentences(results: Results) -> list[str]:
    """What it means."""
    moved = {condition: _share(results.moved(condition)) for condition in results.figures}
    split, free, mixed = (moved[Condition(stand, "computes")] for stand in STANDS)
    verdict = _against_goal(results.moved(Condition("split", "computes")))
    queries = [moved[Condition(stand, "queries")] for stand in STANDS]
    alone, _, both = (results.latency_ms(Condition(stand, None), "p95_ms") for stand in STANDS)
    slower = results.machine.neighbour_slowdown - 1
    said = """\
An action that computes on the backend moves the frontend's p95 by {split}, {verdict}; \
by {free} where PostgreSQL may run on the backend's core too.
On one mixed server the same action moves p95 by {mixed}.
An action that has PostgreSQL compute moves p95 by {queries[0]}, by {queries[1]} with PostgreSQL \
free, by {queries[2]} on the mixed server: the split shares the database.
Without an action, p95 is {alone} ms on the frontend and {both} ms on the mixed server, whose \
users have both cores.
A bare loop on one core takes {slower:+.0%} longer while the other core computes."""
    sentences = said.format(
        split=split, free=free, mixed=mixed, verdict=verdict, queries=queries, slower=slower,
        alone=_milliseconds(alone), both=_milliseconds(both),
    ).splitlines()  # fmt: skip
    if results.others <= QUIET_CORES:
        return sentences
    return [*sentences, f"Others kept {results.others:.1f} cores busy: run it on a quiet machine."]


def _milliseconds(spread: Spread) -> str:
    return f"{spread.median:.0f} ({spread.least:.0f}-{spread.most:.0f})"


def _share(spread: Spread) -> str:
    return f"{spread.median:+.0%} ({spread.least:+.0%} to {spread.most:+.0%})"


def _markdown(rows: list[list[str]]) -> str:
    head, *body = rows
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *body])


def _item(sentence: str) -> str:
    return textwrap.fill(sentence, 100, initial_indent="- ", subsequent_indent="  ")


_TEXT = """\
# The split, measured
{warning}
Does a heavy scheduled action slow the users down, on one server and on two? Frontend and backend
run as two real Odoo masters on one PostgreSQL, each on a core of its own, against one server on
both cores. Made by

    .venv/bin/python benchmarks/isolation.py --write-docs

on {machine};
seed {seed}, {rounds} rounds of {seconds:.0f} seconds for each condition in turn, {rate:.1f}
requests/s to pages of the demo webshop, which come at random and wait for nobody. A latency counts
from the moment at which the request should have begun.

{table}

Each figure is the median over the rounds, with the least and the most. The last column but one
compares the rounds pair by pair: the same requests at the same moments. Where others kept more
than {quiet} cores busy, it was measured again while time allowed; the least disturbed run counts.

## What it means

{sentences}

## How it was set up

| server | cores | workers | max_cron_threads |
|---|---|---|---|
| frontend | the first | 3 | 0 |
| backend | the second | 2 | 1 |
| mixed | both | 5 | 1 |

- The action keeps one process computing for the whole time: the lab's lever, or queries one after
  the other. Every other scheduled action is off.
- Frontend and backend share one PostgreSQL. It runs on the frontend's core, as if on the
  frontend's host, or free on both cores. The mixed server has its own, on both cores, with a copy
  of the same database. The load comes from the same machine and is pinned nowhere.
- Odoo gives its cron workers a lower priority (nice 10), so that on one server the HTTP workers go
  first where a core is short.

Cores kept busy, on average:

{busy}
"""

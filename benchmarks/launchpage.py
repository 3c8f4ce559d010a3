"""What does a run of launch_day.py say, as tables, as JSON, and as a page with plots?"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import plots
from launchwatch import CALM_SECONDS, Memory
from loading import Page
from machine import machine

from workeroo.prove.load.figures import nearest_rank
from workeroo.prove.load.product import Shot
from workeroo.units import GIB

PAGE = Path(__file__).parent.parent / "docs" / "launch-day.md"
WIDTH = 100
GOAL = 0.05
"""The autopilot's p95 may be so much above the best fixed number's, phase by phase."""

MINUTE = 60.0


class Phase(NamedTuple):
    """A part of the day.

    Attributes:
        rates: requests a second of each page.
        cron_seconds: how long a scheduled action computes from its beginning on.
    """

    name: str
    seconds: float
    rates: Mapping[Page, float]
    cron_seconds: float = 0.0


class Day(NamedTuple):
    """All phases, one after another."""

    phases: tuple[Phase, ...]

    @classmethod
    def scaled(cls, phases: tuple[Phase, ...], share: float) -> Day:
        """The same day in a share of the time."""
        return cls(
            tuple(
                one._replace(seconds=one.seconds * share, cron_seconds=one.cron_seconds * share)
                for one in phases
            )
        )

    def spans(self) -> Iterator[tuple[Phase, float, float]]:
        """Each phase with its start and end."""
        start = 0.0
        for phase in self.phases:
            yield phase, start, start + phase.seconds
            start += phase.seconds


class Contender(NamedTuple):
    """Who lives through the day.

    Attributes:
        workers: in odoo.conf.
        piloted: whether the autopilot holds them.
        settled: whether the day begins when the autopilot has come down to its floor.
        agent: whether the master prepares the workers before it forks them.
    """

    name: str
    workers: int
    piloted: bool = False
    settled: bool = False
    agent: bool = False


class Times(NamedTuple):
    """One phase of one contender; a request belongs to the phase in which it was due."""

    count: int
    failed: int
    p50: float
    p95: float
    p99: float
    answered_per_second: float


NOBODY = Times(0, 0, 0.0, 0.0, 0.0, 0.0)
"""Where no fixed number was tried."""


class Seen(NamedTuple):
    """What was seen beside the requests.

    Attributes:
        signals: entries of the autopilot's journal that signalled.
    """

    memory: Memory
    signals: list[dict[str, Any]]


class Figures(NamedTuple):
    """One contender's day.

    Attributes:
        phases: by name, in order.
        gib_minutes: proportional memory of all its processes times time.
        samples: seconds and number of children of the master.
        signals: entries of the autopilot's journal that signalled.
    """

    contender: Contender
    phases: dict[str, Times]
    gib_minutes: float
    samples: list[tuple[float, int]]
    signals: list[dict[str, Any]]

    @classmethod
    def of(cls, contender: Contender, day: Day, shots: list[Shot], seen: Seen) -> Figures:
        """Of all that was seen."""
        found = {}
        for phase, start, end in day.spans():
            due = [shot for shot in shots if start <= shot.due_seconds < end]
            good = sorted(shot.latency_seconds for shot in due if shot.failed is None)
            ended = sum(start <= shot.ended_seconds < end and shot.failed is None for shot in shots)
            ranks = (nearest_rank(good, share) or 0.0 for share in (0.50, 0.95, 0.99))
            times = Times(len(due), len(due) - len(good), *ranks, ended / phase.seconds)
            found[phase.name] = times
        counted = [(at, children) for at, children, _ in seen.memory.samples]
        gib_minutes = seen.memory.byte_seconds() / GIB / MINUTE
        return cls(contender, found, gib_minutes, counted, seen.signals)

    @property
    def failed(self) -> int:
        """Over the whole day."""
        return sum(times.failed for times in self.phases.values())

    def reversals(self) -> int:
        """How often it went down right after up, or up right after down."""
        kinds = [entry["kind"] for entry in self.signals if entry["kind"] in ("grow", "shrink")]
        return sum(one != other for one, other in itertools.pairwise(kinds))


class Results(NamedTuple):
    """A whole run."""

    odoo: str
    seed: int
    day: Day
    figures: dict[str, Figures]
    quick: bool = False

    def best(self, phase: str, *, agent: bool = False) -> tuple[str, Times]:
        """The fixed number with the lowest p95 among those that failed least in a phase, of the
        stock servers or of those with the agent.
        """
        fixed = {
            name: one.phases[phase]
            for name, one in self.figures.items()
            if not one.contender.piloted and one.contender.agent == agent
        }
        name = min(fixed, key=lambda each: (fixed[each].failed, fixed[each].p95), default="")
        return name, fixed.get(name, NOBODY)

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "machine": machine(f"Odoo {self.odoo}"),
            "seed": self.seed,
            "phases": [[phase.name, phase.seconds] for phase in self.day.phases],
            "contenders": {
                name: {
                    "phases": {phase: times._asdict() for phase, times in one.phases.items()},
                    "failed": one.failed,
                    "gib_minutes": one.gib_minutes,
                    "signals": len(one.signals),
                    "reversals": one.reversals(),
                }
                for name, one in self.figures.items()
            },
        }


PILOT, BOOTED, BOTH = "autopilot", "autopilot, just booted", "autopilot and agent"


def text(results: Results) -> str:
    """For a terminal."""
    rows = _rows(results)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([machine(f"Odoo {results.odoo}"), "", *lines, "", *_sentences(results)])


def write(results: Results) -> None:
    """The page of the docs, and its picture."""
    _draw(results)
    days = ", ".join(f"{phase.name} ({phase.seconds:g} s)" for phase in results.day.phases)
    PAGE.write_text(
        _TEXT.format(
            machine=machine(f"Odoo {results.odoo}"),
            seed=results.seed,
            quick="--quick " if results.quick else "",
            days=textwrap.fill(f"The day: {days}.", WIDTH),
            table=_markdown(_rows(results)),
            more=_markdown(_more(results)),
            sentences="\n".join(map(_item, _sentences(results))),
            calm=CALM_SECONDS,
        ),
        encoding="utf-8",
    )


def _draw(results: Results) -> None:
    figure, (left, right) = plots.panel(2, 3.0)
    shown = [name for name in ("golden rule", "docs rule") if name in results.figures]
    shown += [max((n for n in results.figures if n.endswith(" workers")), key=_number)]
    shown += [name for name in (PILOT, BOTH) if name in results.figures]
    for colour, name in zip(plots.COLOURS, shown, strict=False):
        one = results.figures[name]
        p95 = [times.p95 for times in one.phases.values()]
        left.plot(range(len(p95)), p95, marker="o", label=name, color=colour)
        right.plot(*zip(*one.samples, strict=True), label=name, color=colour)
    names = [phase.name.replace(" ", "\n") for phase in results.day.phases]
    left.set_xticks(range(len(names)), names, fontsize=7)
    left.set_yscale("log")
    left.set_title("p95 of each phase, seconds", loc="left", fontsize=9)
    left.legend(frameon=False, fontsize=7)
    right.set_title("processes below the master", loc="left", fontsize=9)
    right.set_xlabel("seconds")
    plots.save(figure, "launch-day")


def _number(name: str) -> int:
    return int(name.split(maxsplit=1)[0])


def _rows(results: Results) -> list[list[str]]:
    rows = [["contender", *(f"{phase.name}: p50 / p95 / p99 s" for phase in results.day.phases)]]
    for name, one in results.figures.items():
        row = [name]
        for phase, times in one.phases.items():
            cell = f"{times.p50:.2f} / {times.p95:.2f} / {times.p99:.2f}"
            cell = f"**{cell}**" if results.best(phase)[0] == name else cell
            row.append(f"{cell}, {times.failed} failed" if times.failed else cell)
        rows.append(row)
    return rows


def _more(results: Results) -> list[list[str]]:
    rows = [["contender", "failed", "memory x time, GiB x min", "signals", "reversals"]]
    for name, one in results.figures.items():
        count = sum(times.count for times in one.phases.values())
        held = one.contender.piloted
        piloted = [str(len(one.signals)), str(one.reversals())] if held else ["", ""]
        rows.append([name, f"{one.failed} of {count}", f"{one.gib_minutes:.2f}", *piloted])
    return rows


def _sentences(results: Results) -> list[str]:
    """What it means, against the goals."""
    if "golden rule" not in results.figures:
        return []
    held = [name for name in (PILOT, BOTH) if name in results.figures]
    return [sentence for name in held for sentence in _against_the_goals(results, name)]


def _against_the_goals(results: Results, held: str) -> Iterator[str]:
    pilot, golden = results.figures[held], results.figures["golden rule"]
    yield (
        f"{held}: lost {pilot.failed} requests, the golden rule {golden.failed}; signalled"
        f" {len(pilot.signals)} times, with {pilot.reversals()} reversals."
    )
    for phase in pilot.phases:
        yield f"{held}, {phase}: {_gap(results, held, phase)}"
    slow = "slow payment"
    ratio = pilot.phases[slow].answered_per_second / golden.phases[slow].answered_per_second
    yield (
        f"{held}: while the payment provider is slow it answers {ratio:.1f} times what the golden"
        " rule does (goal: 3)."
    )
    share = pilot.gib_minutes / golden.gib_minutes
    yield f"{held}: its memory x time is {share:.0%} of the golden rule's (goal: below 100 %)."


def _gap(results: Results, held: str, phase: str) -> str:
    """Its p95 against the best fixed number's of a phase."""
    times = results.figures[held].phases[phase]
    name, best = results.best(phase)
    gap = times.p95 / best.p95 - 1 if best.p95 else 0.0
    within = "within" if gap <= GOAL else "beyond"
    return (
        f"p95 {times.p95:.2f} s, {gap:+.0%} against the best fixed number there ({name},"
        f" {best.p95:.2f} s): {within} the goal of {GOAL:+.0%}."
    )


def _markdown(rows: list[list[str]]) -> str:
    head, *body = rows
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *body])


def _item(sentence: str) -> str:
    return textwrap.fill(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")


_TEXT = """\
# A launch day, measured

A shop launches a collection: no fixed number of workers is right for all of the day. Each contender
is a fresh start of the same real Odoo 19 and lives through the same arrivals, on
{machine}; seed {seed}. Written by

    .venv/bin/python benchmarks/launch_day.py {quick}--write-docs

{days}
It is as much shorter than a real one as the autopilot's window is: a worker may go when it was not
needed for {calm:g} s, in place of 300. "And agent": the master prepares workers before it forks
them, by [an optional Odoo module](agent.md); the other servers are stock ones.

{table}

A latency counts from the moment at which a request was due. Bold is the best fixed number of a
phase on a stock server: the least failures, then the lowest p95.

{more}

![p95 and processes over the day](images/launch-day.svg)

## What it means

{sentences}

One day is one run: on a machine whose cores others share too, differences of some per cent are
noise. Memory is the proportional share of all processes of the server, one looked at after
another. PostgreSQL and the load generator share the cores with Odoo.
"""

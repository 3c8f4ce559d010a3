"""What does a run of claims.py say, as tables, as JSON, and as a section of the docs with plots?"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

import plots
from machine import machine
from pagesection import write_section

from workeroo.prove.load.product import Load

WIDTH = 100
KINDS = {
    "computes": "a page that computes",
    "waits": "a page that waits 0.5 s",
    "mixed": "a mix of both",
}
NEAR = 0.05
"""Two settings within this share of each other are not told apart by one run."""


class Setting(NamedTuple):
    """What was tried: a name, and `workers` in odoo.conf."""

    name: str
    workers: int

    @property
    def label(self) -> str:
        """For a table: "5, golden rule"."""
        return self.name if self.name == str(self.workers) else f"{self.workers}, {self.name}"


class Outcome(NamedTuple):
    """What came of one load."""

    answered_per_second: float
    p50_seconds: float | None
    p95_seconds: float | None
    count: int
    failed: int
    doubts: tuple[str, ...]

    @classmethod
    def of(cls, load: Load) -> Outcome:
        """Of a whole load."""
        every = load.all_requests
        return cls(
            load.answered_per_second, every.p50_seconds, every.p95_seconds, every.count,
            every.failed, tuple(load.doubts),
        )  # fmt: skip

    def holds(self, p95_seconds: float) -> bool:
        """Whether nothing failed and p95 is below the target."""
        return not self.failed and self.p95_seconds is not None and self.p95_seconds <= p95_seconds


class Crowd(NamedTuple):
    """So many users were held, and so many were not."""

    held: int
    missed: int
    tried: dict[int, Outcome]


class Results(NamedTuple):
    """A whole run."""

    odoo: str
    seed: int
    seconds: float
    rate: float
    saturated: dict[Setting, dict[str, Outcome]]
    crons: dict[Setting, tuple[Outcome, Outcome]]
    crowds: dict[Setting, Crowd]

    def setting(self, name: str) -> Setting:
        """By its name."""
        return next(setting for setting in self.saturated if setting.name == name)

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "machine": machine(f"Odoo {self.odoo}"),
            "seed": self.seed,
            "seconds": self.seconds,
            "saturated": {
                setting.label: {kind: one._asdict() for kind, one in kinds.items()}
                for setting, kinds in self.saturated.items()
            },
            "cron": {
                setting.label: {"alone": alone._asdict(), "beside": beside._asdict()}
                for setting, (alone, beside) in self.crons.items()
            },
            "users": {
                setting.label: {"held": crowd.held, "missed": crowd.missed}
                for setting, crowd in self.crowds.items()
            },
        }


def best(found: Mapping[Setting, Mapping[str, Outcome]], kind: str) -> Setting:
    """The setting that answers most of a kind of page without a failure."""
    sound = {setting: kinds[kind] for setting, kinds in found.items() if not kinds[kind].failed}
    rated = sound or {setting: kinds[kind] for setting, kinds in found.items()}
    return max(rated, key=lambda setting: rated[setting].answered_per_second)


def text(results: Results) -> str:
    """For a terminal."""
    parts = [machine(f"Odoo {results.odoo}")]
    for rows in (_saturated(results), _crons(results), _crowds(results)):
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        parts.append("\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows))
    return "\n\n".join([*parts, "\n".join(_sentences(results))])


def write(results: Results) -> None:
    """The section of docs/performance.md, and its picture."""
    _draw(results)
    write_section(
        "claims",
        _TEXT.format(
            machine=machine(f"Odoo {results.odoo}"),
            seconds=results.seconds,
            seed=results.seed,
            rate=results.rate,
            saturated=_markdown(_saturated(results)),
            crons=_markdown(_crons(results)),
            crowds=_markdown(_crowds(results)),
            sentences="\n".join(map(_item, _sentences(results))),
        ),
    )


def _draw(results: Results) -> None:
    figure, axes = plots.panel(len(KINDS))
    for one, (kind, title) in zip(axes, KINDS.items(), strict=True):
        values = {
            str(setting.workers): kinds[kind].answered_per_second
            for setting, kinds in results.saturated.items()
        }
        top = str(best(results.saturated, kind).workers)
        plots.bars(one, values, title=title, unit="requests/s", best=top)
        one.set_xlabel("workers (0 is threaded)")
    plots.save(figure, "claims")


def _saturated(results: Results) -> list[list[str]]:
    head = ["workers"]
    for kind in KINDS:
        head += [f"{kind}: requests/s", "p95 s", "failed"]
    rows = [head]
    for setting, kinds in results.saturated.items():
        row = [setting.label]
        for kind in KINDS:
            one = kinds[kind]
            rate = f"{one.answered_per_second:.1f}"
            shown = f"**{rate}**" if setting == best(results.saturated, kind) else rate
            row += [shown, _seconds(one.p95_seconds), str(one.failed)]
        rows.append(row)
    return rows


def _crons(results: Results) -> list[list[str]]:
    rows = [["workers", "p50 s alone", "p95 s alone", "p50 s beside", "p95 s beside", "failed"]]
    for setting, (alone, beside) in results.crons.items():
        cells = (alone.p50_seconds, alone.p95_seconds, beside.p50_seconds, beside.p95_seconds)
        failed = f"{alone.failed + beside.failed} of {alone.count + beside.count}"
        rows.append([setting.label, *map(_seconds, cells), failed])
    return rows


def _crowds(results: Results) -> list[list[str]]:
    rows = [["workers", "users held", "users not held", "p95 s when held", "requests/s"]]
    for setting, crowd in results.crowds.items():
        held = crowd.tried.get(crowd.held)
        p95 = _seconds(held.p95_seconds) if held else ""
        rate = f"{held.answered_per_second:.1f}" if held else ""
        missed = str(crowd.missed) if crowd.missed in crowd.tried else "more were not tried"
        rows.append([setting.label, str(crowd.held), missed, p95, rate])
    return rows


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _sentences(results: Results) -> list[str]:
    """What it means."""
    threaded, golden = results.setting("threaded"), results.setting("golden rule")
    said = []
    for kind, title in KINDS.items():
        top = best(results.saturated, kind)
        rate = {name: kinds[kind].answered_per_second for name, kinds in results.saturated.items()}
        said.append(
            f"{title[0].upper()}{title[1:]}: {golden.workers} workers (the golden rule) answer "
            f"{rate[golden] / rate[threaded]:.1f} times what the threaded server does, and "
            f"{_against(rate[golden] / rate[top])} of the best number tried, {top.workers}."
        )
    said += _cron_sentences(results)
    said += [
        f"{setting.label}: {crowd.held} users who think for 10 s between two pages are held below "
        f"a p95 of 1 s without a failure; {_beyond(crowd)}."
        for setting, crowd in results.crowds.items()
    ]
    doubts = {doubt for kinds in results.saturated.values() for o in kinds.values()
              for doubt in o.doubts}  # fmt: skip
    return [*said, *(f"Doubt: {doubt}." for doubt in sorted(doubts))]


def _beyond(crowd: Crowd) -> str:
    return f"{crowd.missed} are not" if crowd.missed in crowd.tried else "more were not tried"


def _against(ratio: float) -> str:
    same = ", no difference that one run can tell" if ratio > 1 - NEAR else ""
    return f"{ratio:.0%}{same}"


def _cron_sentences(results: Results) -> list[str]:
    said = []
    for setting, (alone, beside) in results.crons.items():
        if alone.p95_seconds and beside.p95_seconds:
            moved = beside.p95_seconds / alone.p95_seconds
            said.append(
                f"{setting.label}: a scheduled action that computes beside the users makes their "
                f"p95 {moved:.1f} times as long, at {results.rate:.1f} requests/s."
            )
    return said


def _markdown(rows: list[list[str]]) -> str:
    head, *body = rows
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *body])


def _item(sentence: str) -> str:
    return textwrap.fill(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")


_TEXT = """\
## The article's claims

How many workers are right? Each row is a fresh start of the same real Odoo 19 on the demo webshop,
all in one run on {machine}; seed {seed}. Written by

    .venv/bin/python benchmarks/claims.py --write-docs

### More ask than can be answered

30 clients ask without a pause for {seconds:g} s, a warm-up left out: what the server can do, and
how long a page takes then. The best of each kind is bold. "Waits" is the lab's lever for a payment
provider that takes half a second; "mixed" is half `/shop`, a quarter a light page, a fifth that
waits 1.5 s, and a few that compute for 0.4 s.

{saturated}

![requests per second by the number of workers](images/claims.svg)

### A scheduled action on the same server

The same arrivals, {rate:.1f}/s at a page that computes, by chance and waiting for nobody, alone and
beside a scheduled action that computes all the while.

{crons}

### Users who read

Each user looks at a page, thinks for 10 s on average, and looks at the next one. Held: p95 below
1 s and no failure.

{crowds}

### What it means

{sentences}

PostgreSQL, the load generator and Odoo share the machine's cores, so that a server of its own
answers more. One run tells differences of some per cent only where they are larger than the noise
of the machine: settings within 5 % of the best are as good.
"""

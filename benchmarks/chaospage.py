"""How does docs/autopilot.md tell what came of each trouble?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chaosrun import Figures
from machine import machine
from pagesection import PAGE, write_section

AUTOPILOT_PAGE = PAGE.with_name("autopilot.md")

HEAD = (
    "| trouble | | requests answered | lost | slowest | workers at the end | signals |",
    "|---|---|---|---|---|---|---|",
)

INTRODUCTION = """\
## What happens to it, and to Odoo

The same load and the same trouble, with and without the autopilot, on a real Odoo 19 with
`workers = 3`. "Lost" is every answer that is not 200; "refused" are those of them that found no
server, as often as the clients tried. Measured by `benchmarks/chaos.py` on
{machine}.
"""


class Told(NamedTuple):
    """One trouble, without and with the autopilot."""

    name: str
    alone: Figures
    flown: Figures


def table(told: Iterable[Told]) -> list[str]:
    """The lines of a table."""
    rows = []
    for one in told:
        rows += [_row(one.name, one.alone), _row("", one.flown)]
    return [*HEAD, *rows]


def write_page(told: Iterable[Told]) -> None:
    """Put the figures into the page, in the place of those of before."""
    told = list(told)
    seen = [
        f"- {one.name}, {_who(figures)}: {'; '.join(figures.seen)}."
        for one in told
        for figures in (one.alone, one.flown)
        if figures.seen
    ]
    parts = [INTRODUCTION.format(machine=machine("Odoo 19.0")), *table(told), "", *seen]
    write_section("chaos", "\n".join(parts), AUTOPILOT_PAGE)


def _row(name: str, figures: Figures) -> str:
    signals = ", ".join(f"{count} {signal}" for signal, count in sorted(figures.signals.items()))
    cells = [
        name,
        _who(figures),
        str(figures.answered),
        f"{figures.lost} ({figures.refused} refused)" if figures.refused else str(figures.lost),
        f"{figures.slowest_seconds:.1f} s",
        "none" if figures.workers is None else str(figures.workers),
        signals or "none",
    ]
    return f"| {' | '.join(cells)} |"


def _who(figures: Figures) -> str:
    return "autopilot" if figures.flown else "alone"

"""What does a run of load.py say, as tables, as JSON, and as a page?"""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from loadfigures import (
    GOAL_PER_SECOND,
    HELD_SHARE,
    QUANTILES,
    Compared,
    Held,
    Pair,
    Ratio,
    Results,
    comparisons,
)  # fmt: skip
from machine import machine

PAGE = Path(__file__).parent.parent / "docs" / "load-measured.md"
WIDTH = 100
QUIET_LOAD = 0.3
"""Above this load before the run, others were at work on the machine."""


def held_text(held: Held) -> str:
    """While it goes on."""
    return (
        f"{held.shape}, {held.asked_per_second:.0f}/s: {held.answered_per_second:.0f}/s answered, "
        f"{held.cpu_share:.0%} of the core, waited {held.waited_share:.0%}"
    )


def pair_text(pair: Pair) -> str:
    """While it goes on."""
    return "; ".join(
        f"{name} {count} requests, "
        + ", ".join(f"{q} {getattr(told, q) * 1000:.1f} ms" for q in QUANTILES)
        for name, told, count in (
            ("workeroo", pair.ours, pair.ours.count),
            ("tsung", pair.theirs, pair.theirs.count),
        )
    )


def text(results: Results) -> str:
    """For a terminal."""
    blocks = [machine(), _aligned(_held_rows(results.held))]
    if results.compared is not None:
        blocks.append(_aligned(_ratio_rows(comparisons(results.compared))))
    return "\n\n".join([*blocks, "\n".join(_sentences(results))])


def as_json(results: Results) -> dict[str, Any]:
    """For programs."""
    return {
        "machine": machine(),
        "load_before": results.load,
        "nice": results.nice,
        "held": [
            {**one._asdict(), "is_held": one.is_held, "cpu_micros": one.cpu_micros}
            for one in results.held
        ],
        "compared": None if results.compared is None else _compared(results.compared),
    }


def _compared(compared: Compared) -> dict[str, Any]:
    rounds = {
        name: [[one._asdict() for one in pair] for pair in getattr(compared, name)]
        for name in ("known", "waited", "still", "stood", "real")
    }
    return {
        "tsung": compared.peer,
        "odoo": compared.odoo,
        "patient": compared.patient._asdict(),
        "rounds": rounds,
        "figures": {
            name: [one._asdict() for one in some] for name, some in comparisons(compared).items()
        },
    }


def write(results: Results) -> None:
    """The page of the docs."""
    compared = results.compared
    PAGE.write_text(
        _TEXT.format(
            verdict=_filled(" ".join(_verdicts(results))),
            measured=_filled(
                f"Measured on {machine()}"
                + (f", with Odoo {compared.odoo} and Tsung {compared.peer}." if compared else ".")
            ),
            held=_table(_held_rows(results.held)),
            compared=(
                _table(_ratio_rows(comparisons(compared)))
                if compared
                else "Tsung was not installed."
            ),
            patient=_filled(_patient(compared)) if compared else "",
            sentences="\n".join(
                textwrap.fill(one, WIDTH, initial_indent="- ", subsequent_indent="  ")
                for one in _sentences(results)
            ),
        ),
        encoding="utf-8",
    )


def _filled(words: str) -> str:
    return textwrap.fill(words, WIDTH, break_on_hyphens=False)


def _held_rows(some: list[Held]) -> list[list[str]]:
    rows = [["arrivals", "asked/s", "answered/s", "failed", "of its core", "µs a request",
             "waited for the core", "lag p99 ms", "held"]]  # fmt: skip
    rows += [
        [one.shape, f"{one.asked_per_second:.0f}", f"{one.answered_per_second:.0f}",
         str(one.failed), f"{one.cpu_share:.0%}", f"{one.cpu_micros:.0f}",
         f"{one.waited_share:.0%}", f"{one.lag_p99_seconds * 1000:.1f}",
         "yes" if one.is_held else "no"]
        for one in some
    ]  # fmt: skip
    return rows


def _ratio_rows(compared: dict[str, list[Ratio]]) -> list[list[str]]:
    rows = [["of", "figure", "first ms", "second ms", "ratio", "within 5 %"]]
    rows += [
        [name, one.name, f"{one.one * 1000:.1f}", f"{one.other * 1000:.1f}", f"{one.ratio:.3f}",
         "yes" if one.agrees else "no"]
        for name, some in compared.items()
        for one in some
    ]  # fmt: skip
    return rows


def _verdicts(results: Results) -> Iterable[str]:
    most = max((one.answered_per_second for one in results.held if one.is_held), default=0.0)
    at_goal = [one for one in results.held if one.asked_per_second >= GOAL_PER_SECOND * HELD_SHARE]
    if most:
        cost = statistics.median(one.cpu_micros for one in results.held)
        yield (
            f"One core sends {most:.0f} requests a second and has a fifth of its time to spare: a "
            f"request costs the generator {cost:.0f} µs."
        )
    if at_goal:
        kinds = {one.shape for one in at_goal if one.is_held}
        kept = " and with ".join(
            sorted({"open": "open arrivals", "users": "users"}[k] for k in kinds)
        )
        yield f"{GOAL_PER_SECOND} a second are held with {kept}." if kinds else "2000 are not held."
    if results.compared is not None:
        found = comparisons(results.compared)
        near = [abs(one.ratio - 1) for some in found.values() for one in some]
        against = [one for name, some in found.items() for one in some if "and Tsung" in name]
        agree = sum(one.agrees for one in against)
        yield (
            f"Of {len(against)} figures that Workeroo and Tsung tell of the same server in the "
            f"same seconds, {agree} agree within 5 %; of all that are compared here the furthest "
            f"apart are {max(near):.1%}."
        )


def _patient(compared: Compared) -> str:
    """What a closed load hides."""
    p95 = statistics.median(pair.ours.p95 for pair in compared.still)
    return (
        "Users who wait for their answers ask less while a server stands still. Of the server with "
        f"the stalls such users, as many as ask equally often, see a p95 of "
        f"{compared.patient.p95 * 1000:.1f} ms, and visits that arrive by themselves one of "
        f"{p95 * 1000:.0f} ms."
    )


def _sentences(results: Results) -> list[str]:
    """What else is to be said."""
    said = []
    if results.compared is not None:
        kinds = {
            "with known times": results.compared.known,
            "with stalls": results.compared.still,
            "at Odoo": results.compared.real,
        }
        counts = [
            f"{sum(p.ours.count for p in some)} and {sum(p.theirs.count for p in some)} {where}"
            for where, some in kinds.items()
        ]
        failed = sum(one.failed for some in kinds.values() for p in some for one in p)
        said.append(
            f"Requests of Workeroo and of Tsung: {', '.join(counts)}, in "
            f"{len(results.compared.known)} rounds on each server; {failed or 'none'} failed."
        )
    else:
        said.append("Not measured: agreement with Tsung, which is not installed.")
    if results.nice:
        said.append(
            "The generators and the servers but Odoo went before what else ran on the machine "
            f"(--nice {results.nice})."
        )
    if results.load > QUIET_LOAD:
        said.append(
            f"Others were at work on the machine (load {results.load:.1f} before the run): lag and "
            "latencies are longer than on a quiet one; processor time a request and ratios of the "
            "same seconds are hardly touched."
        )
    return said


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _table(rows: list[list[str]]) -> str:
    head, *rest = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rest))


_TEXT = """\
# The load generator, measured

{verdict}

{measured}

Written by `benchmarks/load.py --write-docs`; the same command measures it on your machine, with
`--quick` in three minutes.

## How much one core sends

The generator is kept to one core, and to another a server that answers 1,000 bytes at once. Open
arrivals come by chance; users think 1 s on average. *Held* is a rate that is answered without a
failure while the generator is busy for no more than 80 % of its core: beyond, it says itself that
it was the bottleneck.

{held}

*Waited for the core* is the time in which the generator was ready to go on and something else had
its core. The lag, by which requests were sent later than they were due, is counted into every
latency; it comes from there where the generator is not busy.

## Whether the times are true

[Tsung](http://tsung.erlang-projects.org) too lets visits arrive whether or not earlier ones were
answered, and notes every request. Both load the same server at the same rate in the same seconds,
so that what slows the server or the machine slows it for both, and the quantiles of either are
taken of the seconds in which both were at work.

*Known times*: a server (`benchmarks/loadstub.py`) that lets each request wait for a time from a
log-normal distribution, the same times for either, and notes how long each really waited.
*Stalls*: a server that answers at once, but stands still for half a second of every five.
*Odoo*: the lab's, with 8 workers, whose lever lets 80 of 100 requests wait 0.05 s and the others
0.6 s. Figures are medians over the rounds, ratios the medians of the rounds' ratios.

{compared}

{patient}

Either generator's time has more in it than the server let a request wait: the way there and back,
and its own turn on a core. Tsung opens a connection for every visit; Workeroo takes one that an
earlier visit has left open, as a browser does with its own.

{sentences}
"""

"""Why are there as many workers as there are? The journal answers."""

from __future__ import annotations

from collections.abc import Sequence

from workeroo.autopilot.moment import Moment
from workeroo.autopilot.product import Entry, Explanation
from workeroo.units import format_count, format_seconds

MOST_DEEDS = 5
"""The last steps are told; the journal has the others."""


def explained(
    entries: list[Entry], bounds: list[str], moment: Moment, trouble: Sequence[str] = ()
) -> Explanation:
    """The answer from the entries, oldest first; there is at least one.

    `trouble` tells why some may be missing.
    """
    now = entries[-1]
    deeds = [entry for entry in reversed(entries) if entry.kind != "hold" and entry.signals]
    count = format_count(now.workers, "worker")
    return Explanation(
        question=f"why {count} now?",
        answer=[*_led(deeds, moment), *_stands(now, moment), *map(_missing, trouble)],
        deeds=deeds[:MOST_DEEDS],
        now=now,
        bounds=bounds,
    )


def _led(deeds: list[Entry], moment: Moment) -> list[str]:
    if not deeds:
        return ["Nothing was done yet: that is the number with which it was found."]
    last = deeds[0]
    return [f"The last step, {_ago(last, moment)}: {last.sentence}."]


def _stands(last: Entry, moment: Moment) -> list[str]:
    held = format_count(last.looks, "look")
    said = [f"Since then, at the last look, {_ago(last, moment)}: {last.sentence} ({held} alike)."]
    if last.workers <= last.floor:
        said.append(f"{last.floor} are the floor: nobody leaves below it.")
    if last.workers >= last.ceiling:
        said.append(f"{last.ceiling} are the ceiling: nobody comes above it.")
    return said


def _missing(trouble: str) -> str:
    return f"The journal is not written, so that the last steps may be missing here: {trouble}."


def _ago(entry: Entry, moment: Moment) -> str:
    return f"{format_seconds(round(moment.since(entry), 1))} ago"

"""Why are there as many workers as there are? The journal answers."""

from __future__ import annotations

from workeroo.autopilot.product import Entry, Explanation
from workeroo.units import format_count, format_seconds

MOST_DEEDS = 5
"""The last steps are told; the journal has the others."""


def explained(entries: list[Entry], bounds: list[str], now_unix_seconds: float) -> Explanation:
    """The answer from the entries, oldest first; there is at least one."""
    now = entries[-1]
    deeds = [entry for entry in reversed(entries) if entry.kind != "hold" and entry.signals]
    count = format_count(now.workers, "worker")
    return Explanation(
        question=f"why {count} now?",
        answer=[*_led(deeds, now_unix_seconds), *_stands(now, now_unix_seconds)],
        deeds=deeds[:MOST_DEEDS],
        now=now,
        bounds=bounds,
    )


def _led(deeds: list[Entry], now: float) -> list[str]:
    if not deeds:
        return ["Nothing was done yet: that is the number with which it was found."]
    last = deeds[0]
    return [f"The last step, {_ago(last, now)}: {last.sentence}."]


def _stands(last: Entry, now: float) -> list[str]:
    held = format_count(last.looks, "look")
    said = [f"Since then, at the last look, {_ago(last, now)}: {last.sentence} ({held} alike)."]
    if last.workers <= last.floor:
        said.append(f"{last.floor} are the floor: nobody leaves below it.")
    if last.workers >= last.ceiling:
        said.append(f"{last.ceiling} are the ceiling: nobody comes above it.")
    return said


def _ago(entry: Entry, now: float) -> str:
    return f"{format_seconds(max(0.0, round(now - entry.unix_seconds, 1)))} ago"

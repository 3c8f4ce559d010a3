"""Between which numbers of workers may the autopilot move, by the plan?

The plan's number is the best that can be said without looking at the work: what is held live may be
below it and above it. The floor is what serves a quiet day; the ceiling is what the memory and
PostgreSQL bear, since workers that wait cost nothing else.
"""

from __future__ import annotations

import math

from workeroo.autopilot.product import Bounds, Windows
from workeroo.errors import UsageError
from workeroo.model.connections import USUAL_HIGH
from workeroo.model.memory import budget_bytes, workers_that_fit
from workeroo.plan.product import Plan
from workeroo.plan.sizing import LEAST_WORKERS, MOST_WORKERS
from workeroo.units import format_bytes

LEAST_LIMIT_SHARE = 1.5
"""A worker is never retired for less than this many times what one is counted with."""

DEFAULTS = Windows()


def windows_for(calm_seconds: float) -> Windows:
    """The windows when surplus leaves after so long: the slow ones keep their proportions."""
    ratio = calm_seconds / DEFAULTS.calm_seconds
    return Windows(
        calm_seconds=calm_seconds,
        longest_calm_seconds=DEFAULTS.longest_calm_seconds * ratio,
        missed_seconds=DEFAULTS.missed_seconds * ratio,
        shrink_pause_seconds=DEFAULTS.shrink_pause_seconds * ratio,
    )


def bounds_of(
    plan: Plan,
    *,
    floor: int | None = None,
    ceiling: int | None = None,
    windows: Windows = DEFAULTS,
) -> Bounds:
    """The bounds by a plan, or as the user says.

    Raises:
        UsageError: when the floor is above the ceiling, or there is nothing to hold.
    """
    if isinstance(workers := plan.value("workers"), int) and workers < 0:
        raise UsageError("a server that only runs crons has no HTTP workers to hold")
    lowest, low_why = _floor(plan, floor)
    highest, high_why = _ceiling(plan, ceiling)
    if lowest > highest and (floor is not None or ceiling is not None):
        raise UsageError(
            f"the floor, {lowest}, is above the ceiling, {highest}",
            cure="give --floor and --ceiling",
        )
    highest = max(lowest, highest)
    each = plan.memory.per_worker_bytes
    limit = max(plan.memory.budget_bytes // max(highest, 1), int(LEAST_LIMIT_SHARE * each))
    limit_why = (
        f"an idle worker above {format_bytes(limit)} is replaced: its share of"
        f" {format_bytes(plan.memory.budget_bytes)} for {highest}, and no less than"
        f" {LEAST_LIMIT_SHARE:g} x {format_bytes(each)}"
    )
    return Bounds(
        floor=lowest,
        ceiling=highest,
        worker_bytes=each,
        worker_connections=USUAL_HIGH,
        worker_pss_limit_bytes=limit,
        windows=windows,
        why=(low_why, high_why, limit_why),
    )


def _floor(plan: Plan, said: int | None) -> tuple[int, str]:
    if said is not None:
        return _at_least(said, 1, "--floor"), f"floor {said}: as given"
    cores = math.ceil(plan.host.cores)
    floor = max(LEAST_WORKERS, cores)
    return floor, (
        f"floor {floor}: one for each of {cores} cores, and never fewer than {LEAST_WORKERS},"
        " which a PDF needs"
    )


def _ceiling(plan: Plan, said: int | None) -> tuple[int, str]:
    if said is not None:
        return _at_least(said, 1, "--ceiling"), f"ceiling {said}: as given"
    memory = plan.memory
    each = memory.per_worker_bytes
    budget = format_bytes(budget_bytes(memory.usable_bytes))
    room = f"{budget} of memory for workers of {format_bytes(each)}"
    found = [
        (MOST_WORKERS, f"{MOST_WORKERS} are the most on one master"),
        (workers_that_fit(memory.usable_bytes, each), room),
    ]
    if plan.connections.available is not None:
        workers = plan.value("workers")
        http = workers if isinstance(workers, int) else 0
        others = plan.connections.usual - USUAL_HIGH * http
        free = max(plan.connections.available - max(others, 0), 0)
        text = f"{free} database connections for workers that take up to {USUAL_HIGH}"
        found.append((free // USUAL_HIGH, text))
    count, why = min(found)
    return count, f"ceiling {count}: {why}"


def _at_least(number: int, least: int, option: str) -> int:
    if number < least:
        raise UsageError(f"{option} {number} is below {least}", cure="give a larger number")
    return number

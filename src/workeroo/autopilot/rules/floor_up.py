"""Are there fewer workers than the floor?"""

from __future__ import annotations

from workeroo.autopilot.headroom import memory_room
from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View

STARTING_SECONDS = 60.0
"""A server that has no worker at all starts: it loads its registries before it forks the first one,
on a slow host for this long, and has the number of its file then. One that has some is seen between
two forks at worst: the time that anything else takes to settle is enough for it."""


def floor_up(view: View) -> Step | None:
    """As many more as the floor asks for, once the number has been below it for a while.

    A worker that ends by itself is replaced by the master within moments: `expected` follows a
    change only when it lasts.
    """
    missing = view.bounds.floor - view.workers
    if missing <= 0 or view.state.expected != view.workers:
        return None
    starting = view.windows.settle_seconds if view.workers else STARTING_SECONDS
    if view.since(view.state.since_seconds) < starting:
        return view.hold("floor_up", f"{_counted(view.workers)} there yet: the server starts")
    left = memory_room(view)
    why = f"{view.workers} are fewer than the floor, {view.bounds.floor}"
    if left.count <= 0:
        return view.hold("floor_up", f"{why}, but {left.because}")
    return view.up("floor_up", min(missing, left.count), why)


def _counted(workers: int) -> str:
    if not workers:
        return "no worker is"
    return "only one worker is" if workers == 1 else f"only {workers} workers are"

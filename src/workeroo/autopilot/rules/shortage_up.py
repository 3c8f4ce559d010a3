"""Do connections wait while nobody is idle?"""

from __future__ import annotations

from workeroo.autopilot.headroom import locked, no_cores, room, useful_workers
from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View

NEARLY_FULL_SHARE = 0.5
"""Of the listen backlog: with so many waiting there is no time to see whether it lasts: beyond the
whole of it, the kernel drops connections."""

FREE_CORES_SHARE = 0.5
"""Of the cores in use, at most: then the workers wait for something outside, a payment provider,
and another for each that waits takes nothing away from the others but memory."""

PLAIN_SECONDS = 0.4
"""Two looks, of a shortage that is plain: as many wait as there are workers, and more are never
wrong. What gathers in a whole second keeps the new ones busy for several."""

GOES_ON_SECONDS = 2.0
"""After a step up: who waits then waits for the same reason, and those that came were too few."""


def shortage_up(view: View) -> Step | None:
    """As many as wait, as far as the server bears them; where the cores are in use, at most as many
    as there are, and beyond what the cores have use for only with pauses.

    More workers are no cure where they share all cores already, or where they wait for each
    other's locks: then it says so.
    """
    if not view.counted.short or not _lasts(view):
        return None
    if not view.workers:  # it starts, or is the helper of a reload that failed: see `floor_up`
        return None
    seconds = view.since(view.state.short_since_seconds)
    why = f"{view.pulse.waiting} wait and nobody is idle, for {seconds:.1f} s"
    because = _no_cure(view)
    if because:
        return view.hold("shortage_up", f"{why}, but {because}")
    left = room(view)
    if left.count <= 0:
        return view.hold("shortage_up", f"{why}, but {left.because}")
    pause = 0.0 if _is_never_wrong(view) else view.windows.growth_pause_seconds
    if view.since(view.state.grown_seconds) < pause:
        return view.hold("shortage_up", f"{why}; the last ones have only just come")
    wanted = view.pulse.waiting
    if not _cores_are_free(view):
        wanted = min(wanted, view.workers)
    held = f" ({left.because})" if left.count < wanted else ""
    return view.up("shortage_up", min(wanted, left.count), f"{why}{held}")


def _lasts(view: View) -> bool:
    waiting, backlog = view.pulse.waiting, view.pulse.backlog
    if backlog is not None and waiting >= backlog * NEARLY_FULL_SHARE:
        return True
    if not _is_never_wrong(view):
        return view.state.short_seconds >= view.windows.shortage_seconds
    if view.since(view.state.grown_seconds) < GOES_ON_SECONDS:
        return True
    least = view.windows.shortage_seconds
    if waiting >= view.workers:
        least = min(least, PLAIN_SECONDS)
    return view.state.short_seconds >= least


def _is_never_wrong(view: View) -> bool:
    """Whether one more is of use, whatever the requests that wait are like."""
    return _cores_are_free(view) or view.workers < useful_workers(view)


def _cores_are_free(view: View) -> bool:
    return view.cores_busy <= FREE_CORES_SHARE * view.pulse.host.cores


def _no_cure(view: View) -> str | None:
    """Why more workers would not help; None where they would."""
    waits = locked(view)
    if waits:
        return f"{waits} of {view.busy} wait for locks in PostgreSQL: more would wait behind them"
    return no_cores(view)

"""Do connections wait while nobody is idle?"""

from __future__ import annotations

from workeroo.autopilot.headroom import locked, no_cores, room
from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View

NEARLY_FULL_SHARE = 0.5
"""Of the listen backlog: with so many waiting there is no time to see whether it lasts: beyond the
whole of it, the kernel drops connections."""


def shortage_up(view: View) -> Step | None:
    """As many as wait, at most as many as there are, as far as the server bears them.

    More workers are no cure where they share all cores already, or where they wait for each
    other's locks: then it says so.
    """
    if not view.counted.short or not _lasts(view):
        return None
    seconds = view.since(view.state.short_since_seconds)
    why = f"{view.pulse.waiting} wait and nobody is idle, for {seconds:.1f} s"
    because = _no_cure(view)
    if because:
        return view.hold("shortage_up", f"{why}, but {because}")
    left = room(view)
    if left.count <= 0:
        return view.hold("shortage_up", f"{why}, but {left.because}")
    if view.since(view.state.grown_seconds) < view.windows.growth_pause_seconds:
        return view.hold("shortage_up", f"{why}; the last ones have only just come")
    wanted = min(view.pulse.waiting, max(view.workers, 1))
    held = f" ({left.because})" if left.count < wanted else ""
    return view.up("shortage_up", min(wanted, left.count), f"{why}{held}")


def _lasts(view: View) -> bool:
    backlog = view.pulse.backlog
    nearly_full = backlog is not None and view.pulse.waiting >= backlog * NEARLY_FULL_SHARE
    return nearly_full or view.state.short_seconds >= view.windows.shortage_seconds


def _no_cure(view: View) -> str | None:
    """Why more workers would not help; None where they would."""
    waits = locked(view)
    if waits:
        return f"{waits} of {view.busy} wait for locks in PostgreSQL: more would wait behind them"
    return no_cores(view)

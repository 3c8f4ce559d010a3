"""Do connections wait while nobody is idle?"""

from __future__ import annotations

from workeroo.autopilot.headroom import locked, no_cores, room
from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View

NEARLY_FULL_SHARE = 0.5
"""Of the listen backlog: with so many waiting there is no time to see whether it lasts: beyond the
whole of it, the kernel drops connections."""

FREE_CORES_SHARE = 0.5
"""Of the cores in use, at most: the workers wait for something outside, a payment provider, and one
more for each that waits is what the work needs; there is nothing that they would take away from
each other, except memory."""

PLAIN_SECONDS = 0.4
"""Two looks and the way between them, of a shortage that is as plain as that: a queue as long as
the workers are many, on cores that are free. A queue that grows by 15 a second for a whole second
takes the new ones several to answer."""


def shortage_up(view: View) -> Step | None:
    """As many as wait, as far as the server bears them; where the cores are in use, at most as many
    as there are, and the next only after a pause: each of them wants a core first.

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
    wanted = view.pulse.waiting
    if not _cores_are_free(view):
        if view.since(view.state.grown_seconds) < view.windows.growth_pause_seconds:
            return view.hold("shortage_up", f"{why}; the last ones have only just come")
        wanted = min(wanted, max(view.workers, 1))
    held = f" ({left.because})" if left.count < wanted else ""
    return view.up("shortage_up", min(wanted, left.count), f"{why}{held}")


def _lasts(view: View) -> bool:
    backlog = view.pulse.backlog
    nearly_full = backlog is not None and view.pulse.waiting >= backlog * NEARLY_FULL_SHARE
    plain = view.pulse.waiting >= view.workers and _cores_are_free(view)
    least = (
        min(PLAIN_SECONDS, view.windows.shortage_seconds)
        if plain
        else view.windows.shortage_seconds
    )
    return nearly_full or view.state.short_seconds >= least


def _cores_are_free(view: View) -> bool:
    return view.cores_busy <= FREE_CORES_SHARE * view.pulse.host.cores


def _no_cure(view: View) -> str | None:
    """Why more workers would not help; None where they would."""
    waits = locked(view)
    if waits:
        return f"{waits} of {view.busy} wait for locks in PostgreSQL: more would wait behind them"
    return no_cores(view)

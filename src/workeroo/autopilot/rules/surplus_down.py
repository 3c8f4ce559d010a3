"""Was one worker more than enough for a long while?"""

from __future__ import annotations

import math

from workeroo.autopilot.product import Step
from workeroo.autopilot.state import calm_window_seconds
from workeroo.autopilot.view import View
from workeroo.units import format_seconds

SPARE = 1
"""One stays idle at the largest demand of the window: the next connection never waits."""

MOST_BUSY_SHARE = 0.7
"""Of the workers that stay, on average: beyond it short queues form all the time (by Erlang's C
formula, 5 workers at 0.7 make every third arrival wait)."""


def surplus_down(view: View) -> Step | None:
    """One idle worker fewer, when the whole window would have been served without it."""
    state, windows = view.state, view.windows
    if view.pulse.waiting or not view.idle or view.able <= view.bounds.floor:
        return None
    if view.since(state.down_seconds) < windows.shrink_pause_seconds:
        return None
    if view.workers > view.bounds.ceiling:
        return _above(view)
    window = calm_window_seconds(state, view.bounds)
    last_change = max(state.since_seconds, state.grown_seconds, state.raised_seconds)
    if view.since(last_change) < window:
        return None
    at_peak = math.ceil(state.peak(view.at - window)) + SPARE
    needed = max(at_peak, _for_average(view), view.bounds.floor)
    if needed > view.able - 1:
        return None
    why = f"{needed} were enough for {format_seconds(window)}"
    return view.down("surplus_down", "shrink", why)


def _above(view: View) -> Step | None:
    """More than the ceiling: no window, only that nobody is needed now."""
    if view.state.pdf_seconds or len(view.idle) <= SPARE:
        return None
    why = f"{view.workers} are more than the ceiling, {view.bounds.ceiling}"
    return view.down("surplus_down", "shrink", why)


def _for_average(view: View) -> int:
    return math.ceil(view.state.mean_busy / MOST_BUSY_SHARE)

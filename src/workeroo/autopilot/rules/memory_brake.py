"""Is the memory so scarce that an idle worker must leave?

The first level, no growth, is `headroom`: it stops every step up. This is the second.
"""

from __future__ import annotations

from workeroo.autopilot.headroom import is_scarce, low_text
from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View


def memory_brake(view: View) -> Step | None:
    """One idle worker fewer, the largest first, as far as the floor; else say what is wrong."""
    if not is_scarce(view):
        return None
    told = low_text(view)
    if view.able <= view.bounds.floor:
        return view.hold("memory_brake", f"{told}, and {view.able} workers are the floor")
    if not view.idle:
        return view.hold("memory_brake", f"{told}, and no worker is idle")
    if view.since(view.state.down_seconds) < view.windows.brake_pause_seconds:
        return view.hold("memory_brake", f"{told}; the last one has only just left")
    return view.down("memory_brake", "shrink", told)

"""Are all cores busy, with more workers than they have use for?"""

from __future__ import annotations

import math

from workeroo.autopilot.headroom import WORKERS_PER_CORE, useful_workers
from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View

OWN_SHARE = 0.5
"""Of the cores: where the workers themselves use less, fewer of them would free little. A starting
value of our own: what PostgreSQL does for them is not in it."""


def cpu_optimum(view: View) -> Step | None:
    """One idle worker fewer while the cores are busy and the last seconds needed fewer."""
    useful = max(view.bounds.floor, useful_workers(view))
    lasting = view.windows.saturated_seconds
    if view.state.saturated_seconds < lasting or view.able <= useful or not view.idle:
        return None
    if view.state.cores_own < OWN_SHARE * view.pulse.host.cores:
        return None
    needed = math.ceil(view.state.peak(view.at - lasting))
    if view.pulse.waiting or needed > view.able - 1:
        return None
    if view.since(view.state.grown_seconds) < lasting:
        return None
    if view.since(view.state.down_seconds) < view.windows.brake_pause_seconds:
        return None
    why = (
        f"all cores are busy for {view.state.saturated_seconds:.0f} s, and more than {useful}"
        f" workers ({WORKERS_PER_CORE} a core) only share them"
    )
    return view.down("cpu_optimum", "shrink", why)

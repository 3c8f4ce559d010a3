"""Does an idle worker hold more memory than its share?

By PSS, what it really takes: Odoo's own limit counts virtual memory, and strikes all workers that
began together at about the same time. Here one goes at a time, between two requests.
"""

from __future__ import annotations

from statistics import median

from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View
from workeroo.evidence import is_known
from workeroo.units import format_bytes

OTHERS_IDLE = 1
"""So many others must be idle: a fresh worker is slow at its first request."""


def recycle_by_pss(view: View) -> Step | None:
    """The largest idle worker above the limit is retired, unless that is what workers take."""
    limit = view.bounds.worker_pss_limit_bytes
    if limit is None or view.pulse.waiting or len(view.idle) <= OTHERS_IDLE:
        return None
    sizes = {w.pid: w.pss_bytes for w in view.pulse.http if is_known(w.pss_bytes)}
    found = [worker for worker in view.idle if sizes.get(worker.pid, 0) > limit]
    if not found:
        return None
    why = f"more than {format_bytes(limit)}, its share of the memory"
    usual = median(sizes.values())
    if usual > limit:
        told = f"half of the workers take {format_bytes(usual)} or more: {format_bytes(limit)} each"
        return view.hold("recycle_by_pss", f"{told} is too little, so nobody is retired for it")
    if view.since(view.state.retired_seconds) < view.windows.recycle_pause_seconds:
        return None
    return view.down("recycle_by_pss", "retire", why, found[0])

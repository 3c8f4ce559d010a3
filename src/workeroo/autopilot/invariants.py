"""What does no step ever do, whatever the rules say?

Each invariant is one function: its docstring is the prose, its answer the sentence that says how a
step breaks it. They are asked of every step before it is done; one that breaks any is not done.
"""

from __future__ import annotations

from collections.abc import Callable

from workeroo.autopilot.guards import held
from workeroo.autopilot.headroom import is_low, is_scarce, no_cores
from workeroo.autopilot.product import Step
from workeroo.autopilot.rules.pdf_escape import ESCAPE_WORKERS
from workeroo.autopilot.state import calm_window_seconds
from workeroo.autopilot.view import View, ending_bytes

Invariant = Callable[[View, Step], "str | None"]


def never_below_the_floor(view: View, step: Step) -> str | None:
    """No step leaves fewer workers than the floor, those that are stopped not counted."""
    low = step.kind == "shrink" and view.able - 1 < view.bounds.floor
    return f"{view.able} - 1 is below the floor" if low else None


def never_above_the_ceiling(view: View, step: Step) -> str | None:
    """No step makes more workers than the ceiling; those for stuck PDFs are beyond it."""
    if step.kind != "grow":
        return None
    escape = ESCAPE_WORKERS if step.rule == "pdf_escape" else 0
    over = view.workers + step.count > view.bounds.ceiling + escape
    return f"{view.workers} + {step.count} is above the ceiling" if over else None


def only_an_idle_worker_leaves(view: View, step: Step) -> str | None:
    """Who shrinks or retires names one HTTP worker that is idle in this very look."""
    if step.kind not in {"shrink", "retire"}:
        return None
    idle = {(worker.pid, worker.start_ticks) for worker in view.idle}
    named = step.victim and (step.victim.pid, step.victim.start_ticks)
    return None if named in idle else f"{named} is no idle worker"


def one_at_a_time(view: View, step: Step) -> str | None:
    """A step down or a recycle is one worker; a step up is one or more."""
    del view
    if step.kind == "hold":
        return None
    right = step.count >= 1 if step.kind == "grow" else step.count == 1
    return None if right else f"{step.count} is no count for {step.kind}"


def nothing_while_a_guard_holds(view: View, step: Step) -> str | None:
    """No deed while a signal is unconfirmed, the master stopped, new or reloading, or a pause."""
    reason = held(view) if step.kind != "hold" else None
    return reason.why if reason else None


def no_growth_without_memory(view: View, step: Step) -> str | None:
    """No step up while memory is low; a PDF's escape worker only when it is scarce."""
    if step.kind != "grow":
        return None
    low = is_scarce(view) if step.rule == "pdf_escape" else is_low(view)
    return "memory is low" if low else None


def nobody_leaves_without_memory_for_it(view: View, step: Step) -> str | None:
    """Who shrinks or retires has as much memory left as the end of that worker takes."""
    if step.kind not in {"shrink", "retire"}:
        return None
    left = view.pulse.host.memory_available_bytes
    named = step.victim and (step.victim.pid, step.victim.start_ticks)
    short = any(left < ending_bytes(w) for w in view.pulse.http if (w.pid, w.start_ticks) == named)
    return "its end takes more memory than is left" if short else None


def no_growth_without_cpu(view: View, step: Step) -> str | None:
    """No shortage is answered with workers while the workers only share the cores."""
    if step.kind != "grow" or step.rule != "shortage_up":
        return None
    return no_cores(view)


def no_down_soon_after_up(view: View, step: Step) -> str | None:
    """Surplus leaves only when nobody came for a whole calm window; only want of memory, CPU
    without use, and more workers than the ceiling are quicker.
    """
    if step.kind != "shrink" or step.rule == "memory_brake":
        return None
    if view.workers > view.bounds.ceiling:
        return None
    quick = step.rule == "cpu_optimum"
    window = (
        view.windows.saturated_seconds if quick else calm_window_seconds(view.state, view.bounds)
    )
    soon = view.since(view.state.grown_seconds) < window
    return "workers came only just now" if soon else None


INVARIANTS: tuple[Invariant, ...] = (
    never_below_the_floor,
    never_above_the_ceiling,
    only_an_idle_worker_leaves,
    one_at_a_time,
    nothing_while_a_guard_holds,
    no_growth_without_memory,
    nobody_leaves_without_memory_for_it,
    no_growth_without_cpu,
    no_down_soon_after_up,
)


def broken(view: View, step: Step) -> str | None:
    """How a step breaks an invariant; None where it breaks none."""
    for invariant in INVARIANTS:
        found = invariant(view, step)
        if found is not None:
            return f"{invariant.__name__}: {found}"
    return None

"""When does the autopilot hold still, whatever its rules say?"""

from __future__ import annotations

from collections.abc import Callable

from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View

Guard = Callable[[View], str | None]


def paused(view: View) -> str | None:
    """Somebody asked for it."""
    return "paused by a command" if view.state.paused else None


def unseen(view: View) -> str | None:
    """Something could not be looked at: what is not seen is not judged."""
    return view.pulse.trouble[0] if view.pulse.trouble else None


def new_server(view: View) -> str | None:
    """Two looks are needed before anything is known."""
    if view.at > view.state.since_seconds:
        return None
    return f"first look at the server with pid {view.pulse.master_pid}"


def stopped_master(view: View) -> str | None:
    """A stopped master forks nobody, and SIGCONT throws away the signals that wait for it."""
    return "the master is stopped by a signal" if view.pulse.master_stopped else None


def reloading(view: View) -> str | None:
    """Odoo 19 reloads beside its old workers, and has the number of its file afterwards."""
    return "workers of before a reload are still there" if view.pulse.reloading else None


def settling(view: View) -> str | None:
    """Somebody else is changing the number: a reload, or an administrator."""
    if view.state.settling is None:
        return None
    return f"{view.state.settling}: a reload, or somebody's signals"


def unconfirmed(view: View) -> str | None:
    """One signal at a time: the next only when the effect of the last was seen."""
    waiting = view.state.unconfirmed
    if waiting is None:
        return None
    seconds = view.at - waiting.sent_seconds
    return f"the effect of the last step, {waiting.step.kind}, is not seen for {seconds:.1f} s"


GUARDS: tuple[Guard, ...] = (
    paused,
    unseen,
    new_server,
    stopped_master,
    reloading,
    settling,
    unconfirmed,
)


def held(view: View) -> Step | None:
    """The first reason to hold still."""
    for guard in GUARDS:
        why = guard(view)
        if why is not None:
            return Step(kind="hold", rule=guard.__name__, why=why)
    return None

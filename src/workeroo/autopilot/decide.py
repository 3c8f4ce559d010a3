"""What does the autopilot do now? A pulse and the memory in, one step out, with its sentence."""

from __future__ import annotations

from workeroo.autopilot.census import census
from workeroo.autopilot.guards import held
from workeroo.autopilot.invariants import broken
from workeroo.autopilot.product import Bounds, Entry, Outcome, Step
from workeroo.autopilot.rules import RULES
from workeroo.autopilot.state import State, noted
from workeroo.autopilot.view import View
from workeroo.facts.pulse import Pulse
from workeroo.units import format_count

REFUSED = "invariants"
"""The rule of an entry that tells of a step that broke an invariant, and was not done."""


def decide(state: State, pulse: Pulse, bounds: Bounds) -> tuple[State, Step, Entry]:
    """The memory after this look, what to do, and the sentence for the journal."""
    counted = census(pulse)
    state = noted(state, pulse, counted, bounds)
    view = View(state, pulse, bounds, counted)
    step = held(view) or _wish(view)
    wrong = broken(view, step)
    if wrong is not None:
        step = Step(kind="hold", rule=REFUSED, why=f"{step.rule} would break {wrong}")
    return state, step, entry(view, step)


def entry(view: View, step: Step, outcome: Outcome | None = None) -> Entry:
    """What the journal says of a look; after a step, what came of it."""
    return Entry(
        at_seconds=view.at,
        kind=step.kind,
        rule=step.rule,
        sentence=f"{_seen(view)}; {_done(view, step, outcome)}",
        workers=view.workers,
        busy=view.busy,
        idle=len(view.counted.idle),
        waiting=view.pulse.waiting,
        cores_busy=round(view.cores_busy, 2),
        floor=view.bounds.floor,
        ceiling=view.bounds.ceiling,
        signals=outcome.signals if outcome else (),
        evidence=step.evidence,
    )


def _wish(view: View) -> Step:
    """The first deed that a rule wants; else the first reason why one cannot be done."""
    kept: Step | None = None
    for rule in RULES:
        step = rule(view)
        if step is None:
            continue
        if step.kind != "hold":
            return step
        kept = kept or step
    return kept or Step(kind="hold", why=_calm(view))


def _calm(view: View) -> str:
    return "some wait, not for long yet" if view.pulse.waiting else "nobody waits"


def _seen(view: View) -> str:
    counted = view.counted
    parts = [
        format_count(view.workers, "worker"),
        f"{view.busy} busy",
        f"{len(counted.idle)} idle",
        *([f"{counted.starting} starting"] if counted.starting else []),
        *([f"{counted.stopped} stopped"] if counted.stopped else []),
        *([f"{view.pulse.waiting} waiting"] if view.pulse.waiting else []),
    ]
    return f"seen {', '.join(parts)}"


def _done(view: View, step: Step, outcome: Outcome | None) -> str:
    if step.kind == "hold":
        return f"held at {view.workers}: {step.why}"
    verbs = {"grow": f"add {step.count}", "shrink": "take one away", "retire": "replace one"}
    if outcome is None:
        return f"would {verbs[step.kind]}: {step.why}"
    return f"{_came(step, outcome)}: {step.why}"


def _came(step: Step, outcome: Outcome) -> str:
    sent = f" ({', '.join(outcome.signals)})" if outcome.signals else ""
    if outcome.done:
        verb = {"grow": "added", "shrink": "took away", "retire": "replaced"}[step.kind]
        few = f" of {step.count}" if outcome.done < step.count else ""
        return f"{verb} {outcome.done}{few}{sent}"
    wanted = {"grow": "add", "shrink": "take away", "retire": "replace"}[step.kind]
    return f"wanted to {wanted} {step.count}{sent}, but {outcome.why}"

"""What comes of a proof: what was promised, what was observed, and where it breaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from workeroo.evidence import Evidence

SCHEMA = "workeroo/verdict/1"
SUM_SCHEMA = "workeroo/proofs/1"

Outcome = Literal["holds", "fails", "could not tell"]

State = Literal["ok", "broken", "not reached", "could not tell"]
"""not reached: a hop before it is broken, so it was never tried."""


Unit = Literal["bytes", "seconds", "connections", "requests", "times", "processes"]
"""What a number counts."""


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the way, or of the promise, and what was seen of it.

    Attributes:
        name: "TLS", "nginx route", "evented port"; of a limit "answered", "recycled" ...
        state: how it stands.
        evidence: what was seen there; None where it was not reached.
        cure: what to do, as an order; None where nothing is to be done.
    """

    name: str
    state: State
    evidence: Evidence | None = None
    cure: str | None = None


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was measured.

    Attributes:
        name: what it is: "VMS of a worker that left, at most".
        value: in its unit.
    """

    name: str
    value: float
    unit: Unit


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """How something went on while the proof did.

    Attributes:
        name: what it is: "PSS of all HTTP workers".
        unit: of the points.
        over: what goes on along it: "leaking requests".
        points: one after the other, at equal distances.
        total: how far it went, in what `over` counts.
        limit: a bound that it is held against, where there is one.
    """

    name: str
    unit: Unit
    over: str
    points: list[float]
    total: float
    limit: float | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a proof found.

    Attributes:
        proof: its name: "longpolling".
        target: what was tried: a URL.
        outcome: whether the promise holds.
        promised: what the server should do, as a sentence.
        observed: what it did, as a sentence.
        hops: every part of the way, in the order in which a request takes them; of a limit, every
            part of its promise.
        evidence: what else the verdict stands on.
        cure: the first thing to do, as an order; None where the promise holds.
        numbers: what was measured.
        curves: how it went on.
        lines: of Odoo's log, which the server itself wrote meanwhile, word for word.
    """

    schema: str = SCHEMA
    proof: str
    target: str
    outcome: Outcome
    promised: str
    observed: str
    hops: list[Hop]
    evidence: list[Evidence] = []
    cure: str | None = None
    numbers: list[Number] = []
    curves: list[Curve] = []
    lines: list[str] = []


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """Several proofs on one target, one after the other.

    Attributes:
        target: what was tried: a URL.
        outcome: the worst of all: fails, then could not tell, then holds.
        verdicts: one for each proof, in the order in which they were tried.
    """

    schema: str = SUM_SCHEMA
    target: str
    outcome: Outcome
    verdicts: list[Verdict]


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome that decides: what fails is worse than what could not be told."""
    found = set(outcomes)
    if "fails" in found:
        return "fails"
    return "could not tell" if "could not tell" in found else "holds"


def outcome_of(hops: Iterable[Hop]) -> Outcome:
    """The outcome where every part counts: broken anywhere fails, unseen anywhere is not proved."""
    states = {hop.state for hop in hops}
    if "broken" in states:
        return "fails"
    return "holds" if states == {"ok"} else "could not tell"


def first_cure(hops: Iterable[Hop], outcome: Outcome) -> str | None:
    """What to do about the part that decided; None where the promise holds."""
    state: State = "broken" if outcome == "fails" else "could not tell"
    if outcome == "holds":
        return None
    return next((hop.cure for hop in hops if hop.state == state and hop.cure), None)

"""What comes of a proof: what was promised, what was observed, and where it breaks."""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.evidence import Evidence

SCHEMA = "workeroo/verdict/1"

Outcome = Literal["holds", "fails", "could not tell"]

State = Literal["ok", "broken", "not reached", "could not tell"]
"""not reached: a hop before it is broken, so it was never tried."""


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the way, and what it said.

    Attributes:
        name: "TLS", "nginx route", "evented port" ...
        state: how it stands.
        evidence: what was seen there; None where it was not reached.
        cure: what to do, as an order; None where nothing is to be done.
    """

    name: str
    state: State
    evidence: Evidence | None = None
    cure: str | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a proof found.

    Attributes:
        proof: its name: "longpolling".
        target: what was tried: a URL.
        outcome: whether the promise holds.
        promised: what the server should do, as a sentence.
        observed: what it did, as a sentence.
        hops: every part of the way, in the order in which a request takes them.
        evidence: what else the verdict stands on.
        cure: the first thing to do, as an order; None where the promise holds.
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

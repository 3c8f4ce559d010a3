"""What comes of a stress: was the knee found, or the load held, and what binds first?"""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.evidence import Evidence, Maybe, Unknown
from workeroo.prove.knee.product import Knee, Trial
from workeroo.prove.load.product import Load

SCHEMA = "workeroo/stress/1"

Outcome = Literal["found", "held", "missed", "could not tell"]
"""found: the knee.  held: the load that was asked for, within the target.  missed: it was not, or
no rate is."""

Scarce = Literal[
    "workers", "CPU", "memory", "database connections", "locks", "accept queue", "generator"
]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A journey and its part of the visits.

    Attributes:
        journey: its name; "page" for a single page.
        does: one line for people.
        share: of the visits, 0 to 1.
        why: where the share is from.
    """

    journey: str
    does: str
    share: float
    why: str


class Binding(msgspec.Struct, frozen=True, kw_only=True, tag="binding"):
    """What the server ran out of first.

    Attributes:
        what: "workers", "CPU" ...
        evidence: what was seen while the load was on, the deciding first.
        cure: what gives more of it, as an order.
    """

    what: Scarce
    evidence: list[Evidence]
    cure: str


class Stressed(msgspec.Struct, frozen=True, kw_only=True):
    """What a stress found.

    Attributes:
        target: the URL that was loaded.
        addresses: that it stands for; requests went to these only.
        outcome: in a word.
        said: the same as a sentence.
        target_seconds: for p95.
        mix: what visits did.
        left_out: journeys of the workload that were not walked, each with its reason.
        requests_per_visit: on average; None where nothing was answered.
        knee: where one was looked for.
        hold: the one trial of a load that was given; None where the knee was looked for.
        load: of that trial, or of the highest rate that was held.
        binds: what the server ran out of first, or why that cannot be told.
        failures: how often each reason was given, in all trials.
        leaves: what stays on the server.
        doubts: why figures may say more of the generator than of the server.
        seed: makes arrivals and choices the same again.
        seconds: that it took.
        interrupted: it was ended before its time; the rest is what was seen.
    """

    schema: str = SCHEMA
    target: str
    addresses: list[str]
    outcome: Outcome
    said: str
    target_seconds: float
    mix: list[Share]
    left_out: list[str] = []
    requests_per_visit: float | None = None
    knee: Knee | None = None
    hold: Trial | None = None
    load: Load | None = None
    binds: Maybe[Binding] = Unknown("nothing was looked at")
    failures: dict[str, int] = {}
    leaves: list[str] = []
    doubts: list[str] = []
    seed: int
    seconds: float
    interrupted: bool = False

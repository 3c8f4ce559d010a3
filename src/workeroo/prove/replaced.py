"""Are there as many HTTP workers again as before?"""

from __future__ import annotations

import msgspec

from workeroo.prove.product import Hop
from workeroo.prove.proof import broken, ok
from workeroo.prove.stage import Stage
from workeroo.prove.wait import holds_within
from workeroo.prove.weights import http_workers
from workeroo.units import format_count

REPLACED_SECONDS = 20.0
"""A worker is forked within the master's beat of four seconds; this is for busy hosts."""


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """HTTP workers before a proof, and after it."""

    before: int
    after: int


def settled(stage: Stage) -> Population:
    """Wait until there are as many as before, or no longer."""
    before = len(stage.workers)
    holds_within(lambda: len(http_workers(stage.master.pid)) >= before, REPLACED_SECONDS)
    return Population(before=before, after=len(http_workers(stage.master.pid)))


def population_hop(population: Population) -> Hop:
    """Whether a worker that went was replaced."""
    text = f"{format_count(population.after, 'HTTP worker')} after it, as before"
    if population.after >= population.before:
        return ok("replaced", text)
    text = f"{population.after} HTTP workers are left of {population.before}"
    return broken("replaced", text, "see why the master forks none: 'workeroo diagnose LOG'")

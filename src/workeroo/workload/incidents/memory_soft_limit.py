"""Are processes recycled at the soft memory limit, and so often that it costs?"""

from __future__ import annotations

from workeroo.units import format_bytes, format_count
from workeroo.workload.lives import evented_storm, recycled_lives
from workeroo.workload.product import Incident, Severity
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Sighting, Story
from workeroo.workload.telling import most_in_an_hour, tell_sighting, times

OFTEN_IN_AN_HOUR = 30
"""A new worker costs a fork and a registry or its first slow pages: at one in two minutes, users
feel it."""

FEW_REQUESTS = 100
"""Lives as short as this cost more than they spare: a default life is thousands of requests."""

FEW_LIVES = 3
"""As many short lives as this are no chance; one heavy export ends one life."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """A note now and then, which is what the limit is for; a warning where it is often.

    What is a recycle storm is told by that rule alone.
    """
    evented = story.of("evented-memory-limit")
    if evented is not None and not evented_storm(story):
        return _evented(evented)
    told = story.of("soft-memory-limit")
    if told is None:
        return None
    lives = recycled_lives(story, profile)
    if lives.storm:
        return None
    served = lives.requests_per_life
    short = served is not None and served < FEW_REQUESTS and lives.count >= FEW_LIVES
    often = short or most_in_an_hour(told) >= OFTEN_IN_AN_HOUR
    severity: Severity = "warning" if often else "note"
    each = "" if served is None else f", after {format_count(round(served), 'request')} each"
    size = "" if lives.least_bytes is None else f" at {format_bytes(lives.least_bytes)} and more"
    return tell_sighting(
        RULE,
        told,
        title=f"a worker was recycled{size} of address space{each}, {times(told.count)}",
        severity=severity,
    )


def _evented(told: Sighting) -> Incident:
    """The evented process has no successor that waits: all its websockets drop."""
    return tell_sighting(
        RULE,
        told,
        title=f"the evented process ended itself {times(told.count)} at its soft memory limit: "
        "every open websocket dropped",
        severity="warning",
        cure="Raise limit_memory_soft_gevent where the series has it, else limit_memory_soft "
        "(`workeroo plan`, then `workeroo apply`).",
    )


RULE = IncidentRule(
    id="memory-soft-limit",
    title="Processes recycled at limit_memory_soft",
    severity="note",
    cause="A process had more address space than limit_memory_soft and was replaced after its "
    "request. Now and then that is what the limit is for.",
    cure="Nothing where it is seldom. Where it is often, raise limit_memory_soft (`workeroo plan`; "
    "`workeroo audit --explain soft-limit-below-worker`): the limit counts address space, which "
    "is about twice the memory in use.",
    judge=judge,
)

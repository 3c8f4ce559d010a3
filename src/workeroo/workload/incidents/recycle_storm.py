"""Is every worker replaced after a request or two?"""

from __future__ import annotations

from workeroo.units import format_bytes, format_count
from workeroo.workload.lives import evented_storm, recycled_lives
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Sighting, Story
from workeroo.workload.telling import tell_sighting


def judge(story: Story, profile: Profile) -> Incident | None:
    """Several lives that the soft limit ended near their first request."""
    evented = story.of("evented-memory-limit")
    if evented is not None and evented_storm(story):
        return _evented(evented)
    told = story.of("soft-memory-limit")
    if told is None:
        return None
    lives = recycled_lives(story, profile)
    if not lives.storm or lives.requests_per_life is None:
        return None
    size = "" if lives.least_bytes is None else f": a worker has {format_bytes(lives.least_bytes)}"
    return tell_sighting(
        RULE,
        told,
        title=f"{told.count} workers replaced after "
        f"{format_count(round(lives.requests_per_life), 'request')} each{size} as soon as it works",
    )


def _evented(told: Sighting) -> Incident:
    return tell_sighting(
        RULE,
        told,
        title=f"the evented process ended itself {told.count} times as soon as it was there: no "
        "websocket lives",
        cause="limit_memory_soft_gevent, or limit_memory_soft where that is not set, is below what "
        "the evented process needs to start: it counts address space.",
        cure="Raise limit_memory_soft_gevent where the series has it, else limit_memory_soft "
        "(`workeroo plan`, then `workeroo apply`); `workeroo audit --explain "
        "soft-limit-below-worker` tells why.",
    )


RULE = IncidentRule(
    id="recycle-storm",
    title="Workers replaced after a request or two",
    severity="error",
    cause="limit_memory_soft is below what a worker needs to work at all: it counts address space, "
    "of which a worker has hundreds of megabytes before its first request is over.",
    cure="Raise limit_memory_soft to twice what a worker has (`workeroo plan`, then "
    "`workeroo apply`); `workeroo audit --explain soft-limit-below-worker` tells why.",
    judge=judge,
)

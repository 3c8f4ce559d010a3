"""How long were the lives that the soft memory limit ended?"""

from __future__ import annotations

from statistics import median

import msgspec

from workeroo.workload.profile import Profile
from workeroo.workload.story import Story

LONGEST_GOODBYE_SECONDS = 10.0
"""Between "limit reached" and "exiting" of the same process lies only the end of its loop."""

NEAR_ONE_REQUESTS = 3
"""A worker that serves this many requests or fewer spends its life with being forked."""

STORM_LIVES = 5
"""So many short lives are no chance: one big report may end one life early."""

SHORT_LIFE_SECONDS = 30.0
"""The evented process looks at its memory every 4 s: before this it served hardly anybody."""


class Recycled(msgspec.Struct, frozen=True):
    """The lives that ended at the soft limit.

    Attributes:
        count: how many; requests: of those whose last line tells it.
        least_bytes: the smallest address space at which one ended.
    """

    count: int
    requests: list[int]
    least_bytes: int | None

    @property
    def requests_per_life(self) -> float | None:
        """What such a life served: the median; None where the log does not tell."""
        return float(median(self.requests)) if self.requests else None

    @property
    def storm(self) -> bool:
        """Whether the limit lies at or below what a worker needs to work at all."""
        served = self.requests_per_life
        return self.count >= STORM_LIVES and served is not None and served <= NEAR_ONE_REQUESTS


def evented_storm(story: Story) -> bool:
    """Whether the evented process ends at its limit as soon as it is there, again and again."""
    began = {(event.pid, event.at) for event in story.events("evented-running")}
    short = [
        event
        for event in story.events("evented-memory-limit")
        if any(pid == event.pid and 0 <= event.at - at <= SHORT_LIFE_SECONDS for pid, at in began)
    ]
    return len(short) >= STORM_LIVES


def recycled_lives(story: Story, profile: Profile) -> Recycled:
    """The lives that ended at the soft limit, with what they had served."""
    exits: dict[int, list[tuple[float, int]]] = {}
    for event in story.events("worker-exit"):
        exits.setdefault(event.pid, []).append((event.at, int(event.values["requests"])))
    requests, sizes = [], []
    for event in story.events("soft-memory-limit"):
        sizes.append(int(event.values["bytes"]))
        after = (
            served
            for at, served in exits.get(event.pid, [])
            if 0 <= at - event.at <= LONGEST_GOODBYE_SECONDS
        )
        requests += [served for served in [next(after, None)] if served is not None]
    count = story.count("soft-memory-limit")
    if not requests and count and profile.requests:
        requests = [
            profile.requests // count
        ]  # no "exiting" line: what was served for each of them
    return Recycled(count, requests, min(sizes, default=None))

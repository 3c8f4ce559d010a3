"""How often did a server start, and was it asked to?"""

from __future__ import annotations

import msgspec

from workeroo.workload.story import Event, Story

FAILURES = (
    "port-in-use",
    "database-unreachable",
    "too-many-clients",
    "disk-full",
    "memory-error",
)
"""What ends a start before the server has said that it listens."""

FAILS_WITHIN_SECONDS = 120.0

_STOPS = ("stop-asked", "reload-asked", "threaded-stop", "threaded-reload")


class Start(msgspec.Struct, frozen=True):
    """One start of a server.

    Attributes:
        event: "HTTP service running", or the first line of a start that failed.
        asked: whether the server before it had been asked to stop; also true of the first start
            of a log, before which nothing is known.
    """

    event: Event
    asked: bool


def starts(story: Story) -> list[Start]:
    """The starts of a master in their order. The evented process's own are none."""
    found = [*story.events("http-running"), *_failed(story)]
    stops = [event.at for event in story.events(*_STOPS)]
    known: list[Start] = []
    before: float | None = None
    for event in sorted(found, key=lambda one: one.at):
        asked = before is None or any(before <= at <= event.at for at in stops)
        known.append(Start(event, asked))
        before = event.at
    return known


def crowded(found: list[Start], least: int, window_seconds: float) -> list[Start]:
    """The starts that stand with enough others in one window, in their order."""
    places: set[int] = set()
    for first in range(len(found) - least + 1):
        if found[first + least - 1].event.at - found[first].event.at <= window_seconds:
            places |= set(range(first, first + least))
    return [found[place] for place in sorted(places)]


def runs_without_a_stop(found: list[Start]) -> list[list[Start]]:
    """Starts that follow each other without a stop between them, those of one run together."""
    runs: list[list[Start]] = []
    for start in found:
        if start.asked or not runs:
            runs.append([])
        runs[-1].append(start)
    return runs


def _failed(story: Story) -> list[Event]:
    """First lines of processes that said no more than why they could not start."""
    pending: dict[int, Event] = {}
    failed: list[Event] = []
    for event in story.events("version", "http-running", "evented-running", *FAILURES):
        if event.kind == "version":
            pending[event.pid] = event
            continue
        begun = pending.pop(event.pid, None)
        if (
            begun is not None
            and event.kind in FAILURES
            and event.at - begun.at <= FAILS_WITHIN_SECONDS
        ):
            failed.append(begun)
    return failed

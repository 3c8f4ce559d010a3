"""What is asked of a server to find its knee, what came of each trial, and what was found?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from workeroo.prove.load.product import Shot

SHARE_OVER = 0.05
"""A p95 within the target is the same as at most this share of requests over it."""

CONFIDENCE = 0.9
"""Of the interval that is said: the share of such intervals that hold the knee, at least, over the
simulated servers of tests/prove/knee/test_search.py."""

Outcome = Literal["held", "missed", "undecided"]
"""Of a trial: the share over the target is surely within 5 %, surely above it, or neither."""

Found = Literal["found", "above", "below", "could not tell"]
"""above: no trial missed the target, the knee lies higher.  below: the lowest rate missed it."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how hard a search may go on.

    Attributes:
        target_seconds: for p95.
        total_seconds: of all trials with their rests.
        most_trials: how many.
        least_rate, most_rate: per second, that are ever tried.
        most_requests: of all trials together.
        close_enough: the search ends once the interval reaches no further than this share of the
            rate to either side.
    """

    target_seconds: float = 1.0
    total_seconds: float = 600.0
    most_trials: int = 40
    least_rate: float = 0.05
    most_rate: float = 1000.0
    most_requests: int = 200_000
    close_enough: float = 0.05


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """A trial that is asked for.

    Attributes:
        rate: visits per second.
        seconds: how long visits arrive.
        warm_up_seconds: from its beginning, left out of what is judged.
        why: what it is for, for people.
        short: it only tells on which side of the knee its rate is likely to be.
    """

    rate: float
    seconds: float
    warm_up_seconds: float
    why: str
    short: bool = False


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a trial.

    Attributes:
        shots: every request; the warm-up's are marked cold.
        seconds: until the server was idle again.
        stopped: why it ended before its time; None where it did not.
        doubts: why it may say more of the generator than of the server.
    """

    shots: Sequence[Shot]
    seconds: float
    stopped: str | None = None
    doubts: list[str] = []


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One trial, judged.

    Attributes:
        rate: visits per second that were asked for.
        seconds: until the server was idle again.
        requests: that counted, the warm-up left out.
        over: of those, slower than the target or failed.
        failed: of those.
        independent: how many independent requests they are worth: slow ones come in heaps.
        p50_seconds, p95_seconds: of those; None where none was answered.
        outcome: against the target.
        why: what the trial was for.
        stopped: why it ended before its time.
        repeated: a second trial at this rate went otherwise, and counts in its place.
        doubts: why it may say more of the generator than of the server.
    """

    rate: float
    seconds: float
    requests: int
    over: int
    failed: int
    independent: float
    p50_seconds: float | None
    p95_seconds: float | None
    outcome: Outcome
    why: str
    stopped: str | None = None
    repeated: bool = False
    doubts: list[str] = []

    @property
    def share_over(self) -> float:
        """Of the requests that counted."""
        return self.over / self.requests if self.requests else 0.0


class Knee(msgspec.Struct, frozen=True, kw_only=True):
    """The highest rate at which p95 stays within the target and no request fails.

    Attributes:
        found: whether, and if not, on which side of what was tried it lies.
        rate: visits per second: the most likely knee; None where there is none to say.
        low_rate, high_rate: with `confidence` the knee lies between; None where it is open.
        confidence: of the interval.
        target_seconds: for p95.
        trials: all of them, in order.
        seconds: that the search took.
        ended: why it ended, as a sentence part.
    """

    found: Found
    rate: float | None
    low_rate: float | None
    high_rate: float | None
    confidence: float = CONFIDENCE
    target_seconds: float
    trials: list[Trial]
    seconds: float
    ended: str

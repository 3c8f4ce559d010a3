"""How does a load go while it goes on? Written by the generator, read by whoever shows it."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from workeroo.prove.load.figures import nearest_rank
from workeroo.prove.load.product import Shot

GLANCE_SECONDS = 5.0
"""Over how long a glance looks back, unless told otherwise."""


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """The last seconds of a load.

    Attributes:
        at_seconds: since the load began.
        sent, answered, failed: requests since then.
        answered_per_second, failed_per_second: over the last seconds.
        p50_seconds, p95_seconds: of what was answered in the last seconds; None where nothing was.
        in_flight: requests that wait for their answer.
    """

    at_seconds: float
    sent: int
    answered: int
    failed: int
    answered_per_second: float
    failed_per_second: float
    p50_seconds: float | None
    p95_seconds: float | None
    in_flight: int


class Ledger:
    """All shots of a load, in the order in which they ended.

    Another thread may look and stop; only the generator notes.
    """

    def __init__(self) -> None:
        self.shots: list[Shot] = []
        self.in_flight = 0
        self.failed = 0
        self.began: float | None = None  # of time.monotonic()
        self.stopped: str | None = None
        self._stop: Callable[[str, bool], None] | None = None

    def begin(self, began: float, stop: Callable[[str, bool], None]) -> None:
        """The load begins; `stop` may be called from any thread."""
        self.began = began
        self._stop = stop
        if self.stopped is not None:  # it was told before the load began
            self.stop(self.stopped)

    def stop(self, why: str, *, at_once: bool = False) -> None:
        """End the load: no further request; those that wait are waited for unless `at_once`."""
        self.stopped = self.stopped or why
        if self._stop is not None:
            self._stop(why, at_once)

    def look(self, seconds: float = GLANCE_SECONDS) -> Glance:
        """The last seconds; its cost grows only with what ended in them."""
        now = 0.0 if self.began is None else time.monotonic() - self.began
        shots = self.shots
        times: list[float] = []
        failed = 0
        for number in range(len(shots) - 1, -1, -1):
            shot = shots[number]
            if shot.ended_seconds < now - seconds:
                break
            if shot.failed is None:
                times.append(shot.latency_seconds)
            else:
                failed += 1
        times.sort()
        span = min(seconds, now) or 1.0
        ended, in_flight = len(shots), self.in_flight
        return Glance(
            at_seconds=now,
            sent=ended + in_flight,
            answered=ended - self.failed,
            failed=self.failed,
            answered_per_second=len(times) / span,
            failed_per_second=failed / span,
            p50_seconds=nearest_rank(times, 0.50),
            p95_seconds=nearest_rank(times, 0.95),
            in_flight=in_flight,
        )

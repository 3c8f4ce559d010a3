"""What is a load, and what came of it?"""

from __future__ import annotations

from typing import Literal

import msgspec

Arrivals = Literal["poisson", "even"]


class Open(msgspec.Struct, frozen=True, kw_only=True, tag="open"):
    """Visits that arrive whether or not the server keeps up, as the public does.

    Attributes:
        visits_per_second: the mean rate.
        seconds: how long visits arrive; those that go on then are waited for.
        arrivals: "poisson": by chance, as independent people do; "even": at equal distances.
        trace_seconds: arrivals given one by one, seconds from the start; in place of the rate.
    """

    visits_per_second: float = 0.0
    seconds: float = 0.0
    arrivals: Arrivals = "poisson"
    trace_seconds: tuple[float, ...] = ()


class Closed(msgspec.Struct, frozen=True, kw_only=True, tag="closed"):
    """So many users, each of whom thinks before the next visit: a slow server slows them too.

    Attributes:
        users: how many.
        seconds: how long visits begin; those that go on then are waited for.
        think_seconds: mean time between a user's visits, exponentially distributed.
    """

    users: int
    seconds: float
    think_seconds: float = 10.0


class Shot(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One request, with the times of a clock that begins with the load.

    Attributes:
        journey, name: which request of which journey it was.
        due_seconds: when it was to be sent: for the first request of a visit its arrival, for
            another the answer before it and the time to think. Latency counts from here.
        sent_seconds: when it was sent; behind `due_seconds` where the generator lagged.
        ended_seconds: when the whole answer was there, or it failed.
        status: of the answer; None where there was none.
        failed: why it counts as failed, as a sentence part; None where it did not.
        received_bytes: of the body, as it came: packed where the server packs.
        cold: it fell into the warm-up and is left out of figures.
    """

    journey: str
    name: str
    due_seconds: float
    sent_seconds: float
    ended_seconds: float
    status: int | None = None
    failed: str | None = None
    received_bytes: int = 0
    cold: bool = False

    @property
    def latency_seconds(self) -> float:
        """From when it was to be sent, so that a generator that waits hides nothing."""
        return self.ended_seconds - self.due_seconds


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Times of answered requests, in seconds, by nearest rank; None where there was none."""

    count: int
    failed: int
    mean_seconds: float | None = None
    p50_seconds: float | None = None
    p90_seconds: float | None = None
    p95_seconds: float | None = None
    p99_seconds: float | None = None
    max_seconds: float | None = None


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a load.

    Attributes:
        shape: as it was asked for.
        seconds: from the first arrival to the last answer.
        offered_per_second: requests that were due per second, between the end of the warm-up and
            the end of the arrivals.
        answered_per_second: answers without a failure that came between the same two.
        all_requests: all of them together, warm-up left out.
        by_request: by "journey: name", warm-up left out.
        failures: how often each reason was given, in the warm-up too.
        lag_seconds_p99: how far behind its own plan the generator sent.
        generator_cpu_share: of one core.
        generator_waited_share: of the time, how much the generator was ready and no core was free.
        doubts: why the figures may say more of the generator than of the server; empty is well.
        stopped: why it ended before its time; None where it did not.
    """

    shape: Open | Closed
    seconds: float
    offered_per_second: float
    answered_per_second: float
    all_requests: Latency
    by_request: dict[str, Latency]
    failures: dict[str, int]
    lag_seconds_p99: float
    generator_cpu_share: float
    generator_waited_share: float = 0.0
    doubts: list[str] = []
    stopped: str | None = None

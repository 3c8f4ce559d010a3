"""When do the figures of a load say more of the generator than of the server?"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from workeroo.prove.load.product import Latency

BUSY_SHARE = 0.8
"""Of one core, from which the generator itself queues: at 80 % busy, work that comes by chance
waits on average four times as long as it takes (M/M/1). Measured in docs/load-measured.md."""

LAG_SECONDS = 0.005
"""Lag that is always let pass: the event loop's own grain with many answers at once."""

P95_LAG_SHARE = 0.05
"""Of p95: by how much lag may move it. Figures are to be exact within 5 %."""

P99_LAG_SHARE = 0.25
"""Of p99, which one pause of the generator in a hundred requests already moves."""

NO_FILES = "no more files may be open on the generator's side"
NO_PORTS = "no free port is left on the generator's side"
"""Failures that are the generator's own."""


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """How far behind its own plan the generator sent, at most, 95 and 99 times of 100."""

    p95_seconds: float
    p99_seconds: float


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """What a load cost the generator.

    Attributes:
        wall_seconds: the time that it went on.
        cpu_seconds: of its thread.
        waited_seconds: how long its thread was ready and no core was free for it.
    """

    wall_seconds: float
    cpu_seconds: float
    waited_seconds: float = 0.0

    @property
    def cpu_share(self) -> float:
        """Of one core."""
        return self.cpu_seconds / self.wall_seconds if self.wall_seconds > 0 else 0.0

    @property
    def waited_share(self) -> float:
        """Of the time."""
        return self.waited_seconds / self.wall_seconds if self.wall_seconds > 0 else 0.0


def doubts(effort: Effort, lag: Lag, latency: Latency, failures: Mapping[str, int]) -> list[str]:
    """Why the figures may say more of the generator than of the server; empty is well."""
    found: list[str] = []
    if effort.cpu_share > BUSY_SHARE:
        found.append(
            f"the load generator was busy {effort.cpu_share:.0%} of one core: it was the "
            "bottleneck itself, or nearly; load with less, or from several machines"
        )
    elif _is_seen(lag.p95_seconds, latency.p95_seconds, P95_LAG_SHARE) or _is_seen(
        lag.p99_seconds, latency.p99_seconds, P99_LAG_SHARE
    ):
        found.append(
            f"one request in 20 was sent {lag.p95_seconds * 1000:.0f} ms late or more, one in 100 "
            f"{lag.p99_seconds * 1000:.0f} ms, though the load generator was busy only "
            f"{effort.cpu_share:.0%} of one core: it was starved, waiting for a core "
            f"{effort.waited_share:.0%} of the time; the latencies contain that"
        )
    found += [
        f"{failures[own]} requests failed because {own}" for own in (NO_FILES, NO_PORTS)
        if own in failures
    ]  # fmt: skip
    return found


def _is_seen(lag_seconds: float, latency_seconds: float | None, share: float) -> bool:
    """Whether a lag is so long that a figure shows it."""
    if lag_seconds <= LAG_SECONDS:
        return False
    return latency_seconds is None or lag_seconds > share * latency_seconds

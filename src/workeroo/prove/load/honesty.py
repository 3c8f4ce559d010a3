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

LAG_SHARE = 0.1
"""Of p95: lag beyond it would be seen in the figures."""

NO_FILES = "no more files may be open on the generator's side"
NO_PORTS = "no free port is left on the generator's side"
"""Failures that are the generator's own."""


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


def doubts(
    effort: Effort, lag_p99_seconds: float, latency: Latency, failures: Mapping[str, int]
) -> list[str]:
    """Why the figures may say more of the generator than of the server; empty is well."""
    found: list[str] = []
    p95 = latency.p95_seconds
    late = lag_p99_seconds > LAG_SECONDS and (p95 is None or lag_p99_seconds > LAG_SHARE * p95)
    if effort.cpu_share > BUSY_SHARE:
        found.append(
            f"the load generator was busy {effort.cpu_share:.0%} of one core: it was the "
            "bottleneck itself, or nearly; load with less, or from several machines"
        )
    elif late:
        found.append(
            f"requests were sent up to {lag_p99_seconds * 1000:.0f} ms late (p99) though the load "
            f"generator was busy only {effort.cpu_share:.0%} of one core: it was starved, "
            f"waiting for a core {effort.waited_share:.0%} of the time; the latencies contain that"
        )
    found += [
        f"{failures[own]} requests failed because {own}" for own in (NO_FILES, NO_PORTS)
        if own in failures
    ]  # fmt: skip
    return found

"""What does one look at a server show to whoever watches it?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from workeroo.autopilot.product import Entry, Status
from workeroo.evidence import Maybe, Unknown
from workeroo.facts.pulse import Pulse, between, queue_seconds, served_per_second

TOP_SCHEMA = "workeroo/top/1"


_CPU_SECONDS = 1.0
"""CPU is told of about so long: the kernel counts it in hundredths of a second."""


class Top(msgspec.Struct, frozen=True, kw_only=True):
    """One look.

    Attributes:
        deployment: which Odoo.
        unix_seconds: when, by the clock on the wall.
        pulse: what was seen of its sockets and processes.
        worker_cores: CPU that each process used in the last second or so, in cores, by pid.
        host_cores_busy: likewise, of the host.
        served_per_second: requests that were seen to be answered: at least so many were.
        queue_seconds: how long a request waits for a worker, by Little's law: at most.
        autopilot: how the autopilot of this server is; None where none answers.
        decisions: its last entries, oldest first.
    """

    schema: str = TOP_SCHEMA
    deployment: str
    unix_seconds: float
    pulse: Pulse
    worker_cores: dict[int, float] = {}
    host_cores_busy: Maybe[float] = Unknown("one look does not tell")
    served_per_second: Maybe[float] = Unknown("one look does not tell")
    queue_seconds: Maybe[float] = Unknown("one look does not tell")
    autopilot: Status | None = None
    decisions: list[Entry] = []


def top_of(
    deployment: str,
    unix_seconds: float,
    pulses: Sequence[Pulse],
    autopilot: Status | None,
    decisions: list[Entry],
) -> Top:
    """What the last of some looks shows, with what happened since the first of them."""
    earlier = [p for p in pulses if p.at_seconds <= pulses[-1].at_seconds - _CPU_SECONDS]
    beat = between(earlier[-1] if earlier else pulses[0], pulses[-1])
    return Top(
        deployment=deployment,
        unix_seconds=unix_seconds,
        pulse=pulses[-1],
        worker_cores=beat.worker_cores if beat else {},
        host_cores_busy=beat.host_cores_busy if beat else Unknown("one look does not tell"),
        served_per_second=served_per_second(pulses),
        queue_seconds=queue_seconds(pulses),
        autopilot=autopilot,
        decisions=decisions,
    )

"""What does a rule look at?"""

from __future__ import annotations

from functools import cached_property

from workeroo.autopilot.census import Census, census
from workeroo.autopilot.product import Bounds, Kind, Step, Victim, Windows
from workeroo.autopilot.state import SATURATED_SHARE, State
from workeroo.evidence import Evidence, is_known
from workeroo.facts.pulse import Pulse, Worker
from workeroo.units import format_bytes


class View:
    """A pulse, what is remembered, and the bounds, with the numbers that several rules need."""

    def __init__(
        self, state: State, pulse: Pulse, bounds: Bounds, counted: Census | None = None
    ) -> None:
        self.counted = counted or census(pulse)
        self.state = state
        self.pulse = pulse
        self.bounds = bounds

    @property
    def at(self) -> float:
        """The time of the pulse, in seconds."""
        return self.pulse.at_seconds

    @property
    def windows(self) -> Windows:
        """How long something must last."""
        return self.bounds.windows

    @property
    def workers(self) -> int:
        """HTTP workers, as the master counts them."""
        return self.counted.present

    @property
    def able(self) -> int:
        """HTTP workers that can serve: all but those that a signal or a debugger stopped."""
        return self.counted.present - self.counted.stopped

    @property
    def busy(self) -> int:
        """HTTP workers that hold a connection."""
        return self.counted.busy

    @cached_property
    def idle(self) -> list[Worker]:
        """Idle HTTP workers, the one with the most memory of its own first, then the oldest."""
        found = self.counted.idle
        return sorted(found, key=lambda worker: (-own_bytes(worker), -worker.age_seconds))

    @cached_property
    def cores_busy(self) -> float:
        """Of the host, over the last second, cron workers not counted."""
        return self.state.cores_busy

    @property
    def is_saturated(self) -> bool:
        """Whether all cores are busy, over the last second."""
        return self.cores_busy >= SATURATED_SHARE * self.pulse.host.cores

    def since(self, seconds: float) -> float:
        """How long ago a time was; infinite where it never was."""
        return self.at - seconds

    def down(self, rule: str, kind: Kind, why: str, victim: Worker | None = None) -> Step:
        """One worker goes: the idle one with the most memory, where no other is named.

        Nobody does while there is less memory than its end takes.
        """
        leaves = victim or self.idle[0]
        takes, left = ending_bytes(leaves), self.pulse.host.memory_available_bytes
        if left < takes:
            told = f"its end takes up to {format_bytes(takes)} and {format_bytes(left)} are left"
            return self.hold(rule, f"{why}, but nobody is sent away: {told}")
        return Step(
            kind=kind,
            rule=rule,
            count=1,
            victim=Victim(leaves.pid, leaves.start_ticks),
            why=f"{why}; pid {leaves.pid} is idle{_size(leaves)}",
            evidence=self.evidence(),
        )

    def up(self, rule: str, count: int, why: str) -> Step:
        """So many workers more."""
        return Step(kind="grow", rule=rule, count=count, why=why, evidence=self.evidence())

    def hold(self, rule: str, why: str) -> Step:
        """A wish that cannot be had, and why."""
        return Step(kind="hold", rule=rule, why=why, evidence=self.evidence())

    def evidence(self) -> list[Evidence]:
        """What every step stands on."""
        host = self.pulse.host
        sockets = f"{self.workers} workers, {self.busy} busy, {self.pulse.waiting} waiting"
        cores = f"{self.cores_busy:.1f} of {host.cores:g} cores busy, crons not counted"
        return [
            Evidence("measured", sockets, "the kernel's table of sockets"),
            Evidence("measured", cores, "/proc/stat"),
        ]


def own_bytes(worker: Worker) -> int:
    """The memory of its own that its end gives back; 0 where nobody has looked yet: that one is
    new, and has little however much it shares.
    """
    return worker.pss_bytes if is_known(worker.pss_bytes) else 0


def memory_bytes(worker: Worker) -> int:
    """At most the memory that a worker takes: PSS, where that was looked at, else RSS."""
    return worker.pss_bytes if is_known(worker.pss_bytes) else worker.rss_bytes


def ending_bytes(worker: Worker) -> int:
    """What a worker takes for a moment when it ends, at most: what it shares.

    Python counts down every reference then, and so makes pages its own that it had from its master:
    seen as 33 to 42 MiB more for a moment, of 62 MiB that were shared, and 17 MiB less after it.
    """
    return max(0, worker.rss_bytes - (worker.pss_bytes if is_known(worker.pss_bytes) else 0))


def _size(worker: Worker) -> str:
    return f" and holds {format_bytes(memory_bytes(worker))}" if memory_bytes(worker) else ""

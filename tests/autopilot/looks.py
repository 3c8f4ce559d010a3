"""Pulses as stories tell them: "iib" is two idle workers and a busy one."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from workeroo.autopilot.decide import decide
from workeroo.autopilot.product import Bounds, Entry, Outcome, Step
from workeroo.autopilot.state import State, told
from workeroo.facts.pulse import DatabasePulse, HostPulse, Pulse, Worker
from workeroo.facts.pulse import State as WorkerState
from workeroo.units import GIB, MIB

LETTERS: dict[str, WorkerState] = {
    "i": "idle", "b": "busy", "s": "starting", "t": "stopped", "e": "ending",
}  # fmt: skip

SHARED_MIB = 60
"""Of each worker, with its master and the others."""

BOUNDS = Bounds(floor=2, ceiling=12)


def workers(letters: str, **details: object) -> tuple[Worker, ...]:
    """Workers with pids from 1 on, the first the largest."""
    return tuple(
        msgspec.structs.replace(
            Worker(
                pid=number,
                start_ticks=number,
                part="http worker",
                state=LETTERS[letter],
                pss_bytes=(200 - number) * MIB,
                rss_bytes=(200 - number + SHARED_MIB) * MIB,
            ),
            **details,
        )
        for number, letter in enumerate(letters, start=1)
    )


class Day:
    """A server at which the autopilot looks five times a second."""

    def __init__(
        self, bounds: Bounds = BOUNDS, *, cores: float = 4, memory: int = 16 * GIB
    ) -> None:
        self.bounds = bounds
        self.cores = cores
        self.memory = memory
        self.available = memory // 2
        self.state = State()
        self.now = 100.0
        self.busy_seconds = 0.0
        self.changes: dict[str, object] = {}

    def look(self, letters: str | Iterable[Worker], waiting: int = 0, used: float = 0.0) -> Entry:
        """One look; `used` cores of the host were busy."""
        return self.step(letters, waiting, used)[1]

    def step(
        self, letters: str | Iterable[Worker], waiting: int = 0, used: float = 0.0
    ) -> tuple[Step, Entry]:
        """The same with the step."""
        self.now += 0.2
        self.busy_seconds += used * 0.2
        host = HostPulse(
            cores=self.cores,
            busy_seconds=self.busy_seconds,
            memory_available_bytes=self.available,
            memory_limit_bytes=self.memory,
        )
        pulse = Pulse(
            at_seconds=self.now,
            master_pid=1000,
            master_start_ticks=1,
            port=8069,
            workers=workers(letters) if isinstance(letters, str) else tuple(letters),
            waiting=waiting,
            host=host,
        )
        pulse = msgspec.structs.replace(pulse, **self.changes)
        self.state, step, entry = decide(self.state, pulse, self.bounds)
        return step, entry

    def lasting(
        self, seconds: float, letters: str, waiting: int = 0, used: float = 0.0
    ) -> list[Step]:
        """The same look for a while; the deeds that it led to, none of them done."""
        looks = [self.step(letters, waiting, used)[0] for _ in range(round(seconds * 5))]
        return [step for step in looks if step.kind != "hold"]

    def done(self, step: Step, *, signals: int = 1, confirmed: bool = True) -> None:
        """A step was done."""
        outcome = Outcome(
            kind=step.kind,
            at_seconds=self.now,
            signals=("SIGTTIN",) * signals,
            done=step.count if confirmed else 0,
            confirmed=confirmed,
        )
        self.state = told(self.state, step, outcome, self.bounds)

    def failed(self, step: Step) -> None:
        """A step came to nothing."""
        outcome = Outcome(kind=step.kind, at_seconds=self.now, why="no worker is idle any more")
        self.state = told(self.state, step, outcome, self.bounds)


def locked(waits: int) -> DatabasePulse:
    """PostgreSQL with connections that wait for locks."""
    return DatabasePulse(connections=20, most_connections=97, waiting_for_locks=waits)


def only(steps: list[Step]) -> Step:
    assert steps, "nothing was done"
    return steps[0]

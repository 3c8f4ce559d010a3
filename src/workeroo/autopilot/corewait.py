"""How long did each busy worker wait for a core?

Busy cores alone do not say whether more workers would help: others may use them, while the workers
themselves wait for something outside. The kernel counts for each thread how long it was ready to
run and did not (/proc/PID/task/TID/schedstat). That is read only while connections wait: it costs
as much as the rest of a look.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from workeroo.autopilot.standing import PROC
from workeroo.evidence import Maybe, Unknown
from workeroo.facts.pulse import Pulse, Worker

NANOSECONDS = 1e9


def with_core_waits(pulse: Pulse, proc: Path = PROC) -> Pulse:
    """The same pulse, with the waits of busy HTTP workers where connections wait for one."""
    if not pulse.waiting:
        return pulse
    workers = tuple(
        _looked_at(worker, proc) if worker.state == "busy" else worker for worker in pulse.workers
    )
    return msgspec.structs.replace(pulse, workers=workers)


def _looked_at(worker: Worker, proc: Path) -> Worker:
    if worker.part != "http worker":
        return worker
    waited = _waited(proc / str(worker.pid) / "task")
    return msgspec.structs.replace(worker, core_wait_seconds=waited)


def _waited(tasks: Path) -> Maybe[float]:
    total = 0
    try:
        for task in tasks.iterdir():
            # Three numbers: time on a core, time ready to run and not on one, turns.
            total += int((task / "schedstat").read_bytes().split()[1])
    except (OSError, ValueError, IndexError):
        return Unknown("the kernel does not tell how long a thread waits for a core")
    return total / NANOSECONDS

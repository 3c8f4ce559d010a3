"""What do a server's sockets and processes say of its workers at one moment?

A pulse is what one look saw, in cumulative counters where the kernel has those; `between` two
pulses lies what happened. Nothing here was asked of Odoo: a worker that hangs is seen as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from workeroo.evidence import Maybe, Unknown, is_known
from workeroo.facts.process import Part

State = Literal["starting", "idle", "busy", "stopped", "ending"]
"""starting: forked, and does not wait for connections yet.  idle: holds no connection of a client.
busy: holds one.  stopped: SIGSTOP or a like signal holds it (state T).  ending: a zombie, on its
way out, or of the generation that a reload told to end; one that got SIGINT at work looks busy."""


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """One child of the master, or the one process of a threaded server.

    Attributes:
        start_ticks: when it began, in clock ticks since boot: with the pid it is one process.
        part: "http worker", "cron worker", "evented", "threaded server".
        state: what it does now; for others than HTTP workers "idle" or "busy" by its CPU.
        old: it belongs to the image that the master had before a reload: Odoo 19 lets those answer
            what they have, beside the new ones.
        connections: of clients, accepted and open; those of an evented process are counted seldom.
        request_seconds: since it was first seen to have its connection; of one that it had before
            the first look, since the client sent the last of the request.
        age_seconds: since it began.
        cpu_seconds: used so far, user and system, its ended children included.
        core_wait_seconds: how long its threads were ready to run so far and had no core; looked at
            only by who needs it.
        rss_bytes, vms_bytes: resident and virtual.
        pss_bytes: proportional; looked at more seldom than the rest: `pss_age_seconds` ago.
        children: programs that it started and waits for, by their names: "wkhtmltopdf".
    """

    pid: int
    start_ticks: int
    part: Part
    state: State
    old: bool = False
    connections: int = 0
    request_seconds: float = 0.0
    age_seconds: float = 0.0
    cpu_seconds: float = 0.0
    core_wait_seconds: Maybe[float] = Unknown("not looked at")
    rss_bytes: int = 0
    vms_bytes: int = 0
    pss_bytes: Maybe[int] = Unknown("not looked at yet")
    pss_age_seconds: float = 0.0
    children: tuple[str, ...] = ()


class HostPulse(msgspec.Struct, frozen=True, kw_only=True):
    """The host, or the container's share of it.

    Attributes:
        cores: what this server may use: affinity and quota counted.
        busy_seconds: CPU time used by everybody on those cores so far.
        memory_available_bytes: MemAvailable, or what the cgroup leaves where that is less.
        memory_limit_bytes: all of it.
        cpu_pressure, memory_pressure, io_pressure: PSI "some avg10", 0 to 100.
    """

    cores: float
    busy_seconds: float
    memory_available_bytes: int
    memory_limit_bytes: int
    cpu_pressure: Maybe[float] = Unknown("the kernel has no pressure information")
    memory_pressure: Maybe[float] = Unknown("the kernel has no pressure information")
    io_pressure: Maybe[float] = Unknown("the kernel has no pressure information")


class DatabasePulse(msgspec.Struct, frozen=True, kw_only=True, tag="database"):
    """PostgreSQL, asked seldom.

    Attributes:
        connections, most_connections: used by everybody, and how many ordinary users may have.
        waiting_for_locks: connections that wait for a lock of another.
        age_seconds: how long ago that was seen.
    """

    connections: int
    most_connections: int
    waiting_for_locks: int
    age_seconds: float = 0.0


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """One look at one server.

    Attributes:
        at_seconds: of a monotonic clock.
        master_pid, master_start_ticks: which server; another pair is another server.
        master_stopped: whether a signal holds the master: it forks and reaps nobody then.
        port: the HTTP port that was looked at.
        workers: children of the master, by pid; of a threaded server, itself.
        waiting: connections of clients that no process has accepted yet.
        backlog: the most that may wait; None where it cannot be seen.
        oldest_wait_seconds: how long the one that is next has waited.
        served: connections that were seen being served and then were not, since the first look: at
            least so many requests were answered, and more where several fit between two looks.
        host: the host.
        database: PostgreSQL, or why it was not asked.
        trouble: what could not be looked at this time, as sentences; empty is well.
    """

    at_seconds: float
    master_pid: int
    master_start_ticks: int
    port: int
    workers: tuple[Worker, ...]
    waiting: int
    host: HostPulse
    master_stopped: bool = False
    backlog: int | None = None
    oldest_wait_seconds: float = 0.0
    served: int = 0
    database: Maybe[DatabasePulse] = Unknown("PostgreSQL is not asked")
    trouble: tuple[str, ...] = ()

    @property
    def http(self) -> tuple[Worker, ...]:
        """The HTTP workers."""
        return tuple(worker for worker in self.workers if worker.part == "http worker")

    @property
    def reloading(self) -> bool:
        """Whether workers of an earlier image of the master are still there."""
        return any(worker.old for worker in self.workers)

    def count(self, state: State) -> int:
        """How many HTTP workers are in a state."""
        return sum(worker.state == state for worker in self.http)


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """What happened between two pulses of one server.

    Attributes:
        seconds: between them.
        host_cores_busy: CPU used by everybody, in cores.
        worker_cores: CPU that each worker used, in cores, by pid.
        new, gone: pids of HTTP workers that came and went.
    """

    seconds: float
    host_cores_busy: float
    worker_cores: dict[int, float]
    new: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()


def between(earlier: Pulse, later: Pulse) -> Beat | None:
    """What happened between two looks; None where they are not of one server, or no time passed."""
    seconds = later.at_seconds - earlier.at_seconds
    same = (earlier.master_pid, earlier.master_start_ticks) == (
        later.master_pid,
        later.master_start_ticks,
    )
    if not same or seconds <= 0:
        return None
    before = {(worker.pid, worker.start_ticks): worker for worker in earlier.workers}
    after = {(worker.pid, worker.start_ticks): worker for worker in later.workers}
    cores = {
        worker.pid: max(0.0, worker.cpu_seconds - before[key].cpu_seconds) / seconds
        for key, worker in after.items()
        if key in before
    }
    http_before = {key for key, worker in before.items() if worker.part == "http worker"}
    http_after = {key for key, worker in after.items() if worker.part == "http worker"}
    return Beat(
        seconds=seconds,
        host_cores_busy=max(0.0, later.host.busy_seconds - earlier.host.busy_seconds) / seconds,
        worker_cores=cores,
        new=tuple(sorted(pid for pid, _ in http_after - http_before)),
        gone=tuple(sorted(pid for pid, _ in http_before - http_after)),
    )


def served_per_second(pulses: Sequence[Pulse]) -> Maybe[float]:
    """How many requests were seen to be answered, from the first pulse to the last.

    At least so many were: of short requests several fit between two looks.
    """
    beat = between(pulses[0], pulses[-1]) if pulses else None
    if beat is None:
        return Unknown("one look does not tell how many requests are answered")
    return max(0, pulses[-1].served - pulses[0].served) / beat.seconds


def queue_seconds(pulses: Sequence[Pulse]) -> Maybe[float]:
    """How long a request waits for a worker, by Little's law: those that wait by those answered.

    At most so long, as at least so many are answered.
    """
    rate = served_per_second(pulses)
    waiting = sum(pulse.waiting for pulse in pulses)
    if not is_known(rate) or not waiting:
        return rate if not is_known(rate) else 0.0
    if not rate:
        return Unknown("no request was answered meanwhile")
    return waiting / len(pulses) / rate

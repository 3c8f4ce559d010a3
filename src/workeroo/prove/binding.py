"""What did a server run out of first, by what its sockets and processes said under load?

Pulses of the lowest rate that was too much are looked at: of a higher one everything is scarce.
The order below decides, from what explains the others: a server without memory has no CPU either,
and one whose cores are all busy has all workers busy too. A full accept queue is named only where
workers are idle most of the time: it overflows then by bursts, else for want of workers.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from workeroo.evidence import Evidence, Maybe, Unknown, is_known
from workeroo.facts.pulse import DatabasePulse, Pulse, between
from workeroo.prove.stressed import Binding, Scarce

LEAST_PULSES = 4
"""Looks before anything is said of a load."""

MOST_SHARE = 0.8
"""Of the looks, in which something must be so to bind."""

BUSY_CORES_SHARE = 0.9
"""Of the cores, from which on work waits for a core more often than not."""

OWN_SHARE = 0.1
"""Of what is busy, that the workers use at least where they want for CPU. PostgreSQL may use more
than they do; but where they use next to nothing, they wait for something else."""

DATABASE_AGE_SECONDS = 2.5
"""An older answer of PostgreSQL is of another load."""

ONE_INTERPRETER_CORES = 0.85
"""Of a threaded server: one interpreter computes on one core at a time."""

MEMORY_LEFT_SHARE = 0.04
"""Of all memory; below it the kernel gives up caches that it needs."""

MEMORY_PRESSURE = 10.0
"""PSI "some", per cent of the time in which something waited for memory."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen while a load was on.

    Attributes:
        pulses: in order, of one load.
        doubts: of the generator.
        failures: how often each reason was given.
    """

    pulses: Sequence[Pulse]
    doubts: Sequence[str] = ()
    failures: dict[str, int] = {}


def binding(seen: Seen) -> Maybe[Binding]:
    """What binds first, or why that cannot be told."""
    if seen.doubts:
        return _bound("generator", *seen.doubts)
    if len(seen.pulses) < LEAST_PULSES:
        return Unknown(
            "the workers could not be looked at often enough while the load was on: "
            f"{len(seen.pulses)} looks"
        )
    for judge in _JUDGES:
        found = judge(seen)
        if found is not None:
            return found
    return Unknown(f"nothing of the server was used up: {_in_short(seen.pulses)}")


def _bound(what: Scarce, *texts: str) -> Binding:
    evidence = [Evidence("measured", text, "looks at the server under load") for text in texts]
    return Binding(what=what, evidence=evidence, cure=_CURES[what])


def _memory(seen: Seen) -> Binding | None:
    hosts = [pulse.host for pulse in seen.pulses]
    least = min(hosts, key=lambda host: host.memory_available_bytes)
    left = least.memory_available_bytes / least.memory_limit_bytes
    pressures = [host.memory_pressure for host in hosts if is_known(host.memory_pressure)]
    if left < MEMORY_LEFT_SHARE:
        return _bound("memory", f"{left:.1%} of the memory was left at the least")
    if pressures and max(pressures) > MEMORY_PRESSURE:
        text = f"processes waited for memory in {max(pressures):.0f} % of the time (PSI)"
        return _bound("memory", text)
    return None


def _connections(seen: Seen) -> Binding | None:
    asked = [database for _, database in _databases(seen)]
    full = [one for one in asked if one.connections >= one.most_connections]
    if not full:
        return None
    text = f"all {full[0].most_connections} connections that PostgreSQL gives were in use"
    return _bound("database connections", f"{text} in {len(full)} of {len(asked)} looks")


def _locks(seen: Seen) -> Binding | None:
    asked = _databases(seen)
    held = [
        database
        for pulse, database in asked
        if database.waiting_for_locks >= max(1, pulse.count("busy") / 2)
    ]
    if not held or len(held) < MOST_SHARE * len(asked):
        return None
    text = f"at least half of the busy workers waited for a lock in {len(held)} of {len(asked)}"
    return _bound("locks", f"{text} looks")


def _databases(seen: Seen) -> list[tuple[Pulse, DatabasePulse]]:
    """Looks with what PostgreSQL said not long before."""
    return [
        (pulse, pulse.database)
        for pulse in seen.pulses
        if is_known(pulse.database) and pulse.database.age_seconds <= DATABASE_AGE_SECONDS
    ]


def _cpu(seen: Seen) -> Binding | None:
    first, last = seen.pulses[0], seen.pulses[-1]
    beat = between(first, last)
    if beat is None:
        return None
    own = sum(beat.worker_cores.values())
    all_busy = beat.host_cores_busy >= BUSY_CORES_SHARE * first.host.cores
    if all_busy and own >= OWN_SHARE * beat.host_cores_busy:
        text = f"{beat.host_cores_busy:.2f} of {first.host.cores:g} cores were busy"
        return _bound("CPU", text, f"{own:.2f} of them by this Odoo", _in_short(seen.pulses))
    threaded = [worker.pid for worker in last.workers if worker.part == "threaded server"]
    used = sum(beat.worker_cores.get(pid, 0.0) for pid in threaded)
    if threaded and used >= ONE_INTERPRETER_CORES:
        text = f"the threaded server used {used:.2f} cores, and it can use one"
        return _bound("CPU", text)
    return None


def _accept_queue(seen: Seen) -> Binding | None:
    full = _full(seen)
    refused = sum(seen.failures.values())
    if not full or not refused:
        return None
    text = f"{full[0].waiting} connections waited where {full[0].backlog} may"
    how_often = f"{text} in {len(full)} of {len(seen.pulses)} looks"
    return _bound("accept queue", how_often, f"{refused} requests failed meanwhile")


def _workers(seen: Seen) -> Binding | None:
    none_idle = [p for p in seen.pulses if p.http and not p.count("idle")]
    if not none_idle or len(none_idle) < MOST_SHARE * len(seen.pulses):
        return None
    most = max(pulse.waiting for pulse in seen.pulses)
    text = f"no worker was idle in {len(none_idle)} of {len(seen.pulses)} looks"
    waited = f"up to {most} connections waited for one"
    full = _full(seen)
    overflow = [f"the accept queue was full in {len(full)} of them"] if full else []
    return _bound("workers", f"{text}, {waited}", *overflow, _in_short(seen.pulses))


def _full(seen: Seen) -> list[Pulse]:
    """Looks in which no further connection could wait."""
    return [p for p in seen.pulses if p.backlog is not None and p.waiting >= p.backlog > 0]


def _in_short(pulses: Sequence[Pulse]) -> str:
    """The usual state of workers and cores."""
    busy = sum(len(p.http) - p.count("idle") for p in pulses) / len(pulses)
    there = sum(len(p.http) for p in pulses) / len(pulses)
    beat = between(pulses[0], pulses[-1])
    cores = f", {beat.host_cores_busy:.2f} of {pulses[0].host.cores:g} cores" if beat else ""
    return f"{busy:.1f} of {there:.1f} workers{cores} were busy on average"


_JUDGES = (_memory, _connections, _locks, _cpu, _workers, _accept_queue)

_CURES: dict[Scarce, str] = {
    "workers": "raise workers as far as memory and cores allow: `workeroo plan`, or let "
    "`workeroo autopilot` do it",
    "CPU": "more workers would not help: give the host more cores, or split the load with "
    "`workeroo plan --split`",
    "memory": "lower workers or their limits to what fits: `workeroo plan`",
    "database connections": "raise max_connections in PostgreSQL, or lower db_maxconn: "
    "`workeroo plan` sums them up",
    "locks": "look at which rows the requests write: `workeroo diagnose` on Odoo's log",
    "accept queue": "raise workers: the queue is as long as 8 for each; or put Odoo behind the "
    "socket of `workeroo render systemd`",
    "generator": "load with less, from another host, or from several with --write-locust",
}

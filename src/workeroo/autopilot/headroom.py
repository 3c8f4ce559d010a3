"""How many more workers does the server bear, and what is it that stops the next one?"""

from __future__ import annotations

import math

import msgspec

from workeroo.autopilot.view import View, ending_bytes, memory_bytes
from workeroo.evidence import is_known
from workeroo.units import format_bytes

LOW_MEMORY_PERCENT = 15
"""Of the memory: below it no worker is added. As earlyoom's 10 % with the room of one worker."""

SCARCE_MEMORY_PERCENT = 7
"""Of the memory: below it idle workers leave. Between earlyoom's 10 % (SIGTERM) and 5 %."""

ENDINGS = 2
"""Where less is left than so many workers take at their end, idle ones leave too: once less is left
than one takes, nobody can any more. That matters in a small container."""

MEMORY_PRESSURE_PERCENT = 5.0
"""PSI "some" over ten seconds: tasks already wait for memory; systemd-oomd ends processes at 60."""

WANTED_PER_CORE = 1.5
"""Workers that want a core, for each core: below 1 nobody waits for one, at 2 a server that only
computes is at its best (2, 3, 4, 5, 9 workers on 2 cores: 9.3, 9.3, 9.4, 9.0, 8.1 requests/s)."""

WORKERS_PER_CORE = 2
"""Measured on 2 cores with a page that only computes: 2, 3, 4, 5 and 9 workers served 9.3, 9.3,
9.4, 9.0 and 8.1 requests/s. Twice the cores still leave the CPU work while some of them wait."""

LOCKED_SHARE = 0.5
"""Of the busy workers: when so many wait for locks, one more would wait behind them."""

OLDEST_DATABASE_SECONDS = 60.0
"""An older look at PostgreSQL says nothing of now."""


class Room(msgspec.Struct, frozen=True):
    """So many more workers, and what stops the next one."""

    count: int
    because: str


def room(view: View) -> Room:
    """How many more workers the bounds, the memory and PostgreSQL leave."""
    bounds = view.bounds
    left = Room(bounds.ceiling - view.workers, f"the ceiling is {bounds.ceiling}")
    found = [left, memory_room(view), *connection_room(view)]
    least = min(found, key=lambda room: room.count)
    return Room(max(least.count, 0), least.because)


def memory_room(view: View) -> Room:
    """How many the memory leaves."""
    host = view.pulse.host
    if is_low(view):
        return Room(0, low_text(view))
    each = worker_bytes(view)
    kept = _kept_bytes(view, LOW_MEMORY_PERCENT)
    free = host.memory_available_bytes - kept
    text = (
        f"{format_bytes(host.memory_available_bytes)} of memory are left, a worker takes"
        f" {format_bytes(each)}, and {format_bytes(kept)} are kept free"
    )
    return Room(free // each, text)


def connection_room(view: View) -> list[Room]:
    """How many PostgreSQL leaves; nothing where it was not asked of late."""
    database = view.pulse.database
    if not is_known(database) or database.age_seconds > OLDEST_DATABASE_SECONDS:
        return []
    free = database.most_connections - database.connections
    text = (
        f"PostgreSQL has {free} of {database.most_connections} connections left, a worker takes"
        f" up to {view.bounds.worker_connections}"
    )
    return [Room(free // view.bounds.worker_connections, text)]


def worker_bytes(view: View) -> int:
    """What one more worker takes: as planned, or as the live ones take where that is more."""
    seen = [memory_bytes(worker) for worker in view.pulse.http]
    mean = sum(seen) // len(seen) if seen else 0
    return max(view.bounds.worker_bytes, mean, 1)


def is_low(view: View) -> bool:
    """Whether no worker may be added for want of memory."""
    pressure = view.pulse.host.memory_pressure
    pressed = is_known(pressure) and pressure > MEMORY_PRESSURE_PERCENT
    return pressed or _below(view, LOW_MEMORY_PERCENT)


def is_scarce(view: View) -> bool:
    """Whether idle workers must leave for want of memory."""
    return _below(view, SCARCE_MEMORY_PERCENT)


def low_text(view: View) -> str:
    """How low the memory is."""
    host = view.pulse.host
    pressure = host.memory_pressure
    waits = f", pressure {pressure:g} %" if is_known(pressure) and pressure else ""
    left = format_bytes(host.memory_available_bytes)
    return f"memory is low: {left} of {format_bytes(host.memory_limit_bytes)} left{waits}"


def useful_workers(view: View) -> int:
    """How many workers the cores have use for when they only compute."""
    return math.ceil(WORKERS_PER_CORE * view.pulse.host.cores)


def no_cores(view: View) -> str | None:
    """Why more workers would only share the cores; None where they would not.

    All cores are busy, and the workers themselves want them: where others use them while the
    workers wait for something outside, or all of them are stopped, one more still serves.
    """
    if not view.is_saturated or not view.busy:
        return None
    cores, wanted = view.pulse.host.cores, view.state.cores_wanted
    told = f"{view.cores_busy:.1f} of {cores:g} cores are busy"
    if wanted is None:
        return f"{told}: more workers would only share them"
    if wanted < WANTED_PER_CORE * cores:
        return None
    return f"{told} and {wanted:.1f} workers want one: more would only share them"


def locked(view: View) -> int:
    """How many connections wait for locks, where that is what the busy workers do; else 0."""
    database = view.pulse.database
    if not is_known(database) or database.age_seconds > OLDEST_DATABASE_SECONDS:
        return 0
    waits = database.waiting_for_locks
    return waits if waits and waits >= LOCKED_SHARE * view.busy else 0


def _below(view: View, percent: int) -> bool:
    return view.pulse.host.memory_available_bytes < _kept_bytes(view, percent)


def _kept_bytes(view: View, percent: int) -> int:
    """So much of the memory, and no less than some workers take when they end."""
    seen = [ending_bytes(w) for w in view.pulse.http if is_known(w.pss_bytes)]
    endings = ENDINGS * max(seen, default=0)
    return max(view.pulse.host.memory_limit_bytes * percent // 100, endings)

"""How does one look at a server fit on one screen of 80 columns?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Literal, get_args

from workeroo.autopilot.product import Entry, Status
from workeroo.evidence import Maybe, Unknown, is_known
from workeroo.facts.pulse import HostPulse, State, Worker
from workeroo.report.audit_text import plain
from workeroo.report.paint import Paint
from workeroo.report.top_product import Top
from workeroo.units import (
    format_bytes,
    format_count,
    format_seconds,
    narrow_bytes,
    narrow_seconds,
)

Order = Literal["part", "state", "cpu", "memory", "request"]
ORDERS: tuple[Order, ...] = get_args(Order)

_PARTS = ("http worker", "threaded server", "cron worker", "evented", "other", "master")
_STATES: tuple[State, ...] = ("stopped", "ending", "starting", "busy", "idle")
_TOLD: tuple[State, ...] = ("busy", "idle", "starting", "stopped", "ending")
_ALWAYS = ("busy", "idle")
_COLOURS = {"stopped": "error", "ending": "warning", "starting": "note"}

_LEAST_PRESSURE = 0.5
"""Per cent of the time: what is less rounds to nothing."""

HEAD = "    PID PART        STATE        FOR   CPU    PSS    RSS    VMS    AGE RUNS"
_RUNS_AT = HEAD.index("RUNS")
_LABEL = 9
"""Columns of the words at the beginning of a line."""


def top_text(top: Top, paint: Paint) -> str:
    """All of it, one below the other."""
    parts = [head_text(top, paint), workers_text(top, "part", paint)]
    if decisions := decisions_text(top, paint):
        parts.append(decisions)
    return "\n\n".join(parts) + "\n"


def head_text(top: Top, paint: Paint) -> str:
    """The server as a whole: one line for each of queue, workers, host, database, autopilot."""
    at = datetime.fromtimestamp(top.unix_seconds, tz=timezone.utc).strftime("%H:%M:%SZ")
    name = plain(top.deployment)[: paint.width - len(at) - 1]
    lines = [paint.bold(f"{name:{paint.width - len(at) - 1}} {at}")]
    lines += [_labelled("queue", text, paint) for text in _queue(top)]
    lines.append(_labelled("workers", _workers(top), paint))
    lines.append(_labelled("host", _host(top.pulse.host, top), paint))
    if is_known(top.pulse.database):
        lines.append(_labelled("database", _database(top), paint))
    if top.autopilot is not None:
        lines.append(_labelled("autopilot", _autopilot(top.autopilot), paint))
    lines += [
        paint.severity("warning", paint.wrap(plain(trouble), " " * _LABEL, "trouble  "))
        for trouble in top.pulse.trouble
    ]
    return "\n".join(lines)


def workers_text(top: Top, order: Order, paint: Paint) -> str:
    """One line for each process."""
    rows = [_row(worker, top, paint) for worker in ordered(top, order)]
    return "\n".join([paint.dim(HEAD), *rows])


def decisions_text(top: Top, paint: Paint, most: int = 4) -> str:
    """The last decisions of the autopilot, newest last."""
    return "\n".join(_decision(entry, paint) for entry in top.decisions[-most:])


def ordered(top: Top, order: Order) -> list[Worker]:
    """The processes as they are listed; pids decide where nothing else does."""
    keys: dict[Order, Callable[[Worker], float]] = {
        "part": lambda w: _PARTS.index(w.part) + 0.5 * w.old,
        "state": lambda w: _STATES.index(w.state),
        "cpu": lambda w: -top.worker_cores.get(w.pid, 0.0),
        "memory": lambda w: -(w.pss_bytes if is_known(w.pss_bytes) else w.rss_bytes),
        "request": lambda w: -w.request_seconds,
    }
    return sorted(top.pulse.workers, key=lambda worker: (keys[order](worker), worker.pid))


def _labelled(label: str, text: str, paint: Paint) -> str:
    lines = paint.wrap(text, " " * (_LABEL + 1), f"{label:{_LABEL}} ")
    return lines.replace(label, paint.dim(label), 1)


def _queue(top: Top) -> Iterator[str]:
    pulse = top.pulse
    if not pulse.waiting:
        told = "nobody waits"
    else:
        many = f"{pulse.waiting} of {pulse.backlog}" if pulse.backlog else str(pulse.waiting)
        first = f"the next for {format_seconds(pulse.oldest_wait_seconds)}"
        wait = "waits" if pulse.waiting == 1 else "wait"
        told = f"{many} {wait}, {first}"
        if is_known(top.queue_seconds):
            told += f"; queue time <= {format_seconds(top.queue_seconds)}"
    if is_known(top.served_per_second):
        told += f"; {top.served_per_second:.1f}/s served"
    yield told


def _workers(top: Top) -> str:
    pulse = top.pulse
    if not pulse.http and pulse.workers and pulse.workers[0].part == "threaded server":
        many = format_count(pulse.workers[0].connections, "request")
        return f"none: one threaded server, which has {many} at once"
    counts = {state: pulse.count(state) for state in _TOLD}
    told = [f"{n} {state}" for state, n in counts.items() if n or state in _ALWAYS]
    extra = ", its master is stopped" if pulse.master_stopped else ""
    extra += ", reloading" if pulse.reloading else ""
    return f"{len(pulse.http)} for HTTP: {', '.join(told)}{extra}"


def _host(host: HostPulse, top: Top) -> str:
    busy = f"{top.host_cores_busy:.1f} of " if is_known(top.host_cores_busy) else ""
    left, most = format_bytes(host.memory_available_bytes), format_bytes(host.memory_limit_bytes)
    told = f"{busy}{host.cores:g} cores{' busy' if busy else ''}, {left} of {most} free"
    pressures = {"cpu": host.cpu_pressure, "memory": host.memory_pressure, "io": host.io_pressure}
    high = [f"{name} {value:.0f}%" for name, value in pressures.items() if _is_felt(value)]
    return f"{told}; pressure: {', '.join(high)}" if high else told


def _is_felt(pressure: Maybe[float]) -> bool:
    return is_known(pressure) and pressure >= _LEAST_PRESSURE


def _database(top: Top) -> str:
    database = top.pulse.database
    if isinstance(database, Unknown):
        return database.reason
    told = f"{database.connections} of {database.most_connections} connections"
    locks = database.waiting_for_locks
    if locks:
        told += f", {locks} {'waits' if locks == 1 else 'wait'} for a lock"
    return f"{told} ({format_seconds(database.age_seconds)} ago)"


def _autopilot(status: Status) -> str:
    how = "paused" if status.paused else "dry run" if status.dry_run else "active"
    return f"{how}, between {status.bounds.floor} and {status.bounds.ceiling} workers"


def _row(worker: Worker, top: Top, paint: Paint) -> str:
    part = "http (old)" if worker.old and worker.part == "http worker" else worker.part
    since = narrow_seconds(worker.request_seconds) if worker.request_seconds else ""
    cores = top.worker_cores.get(worker.pid)
    many = f" ({worker.connections})" if worker.connections > 1 else ""
    state = f"{worker.state}{many}"
    cells = [
        f"{worker.pid:>7}",
        f"{part.removesuffix(' server'):<11.11}",
        f"{state:<9.9}",
        f"{since:>6}",
        f"{'' if cores is None else format(cores, '.0%'):>5}",
        f"{narrow_bytes(worker.pss_bytes) if is_known(worker.pss_bytes) else '?':>6}",
        f"{narrow_bytes(worker.rss_bytes):>6}",
        f"{narrow_bytes(worker.vms_bytes):>6}",
        f"{narrow_seconds(worker.age_seconds):>6}",
        plain(",".join(worker.children))[: max(0, paint.width - _RUNS_AT)],
    ]
    line = " ".join(cells).rstrip()
    colour = _COLOURS.get(worker.state)
    return paint.severity(colour, line) if colour else line


def _decision(entry: Entry, paint: Paint) -> str:
    at = datetime.fromtimestamp(entry.unix_seconds, tz=timezone.utc).strftime("%H:%M:%SZ")
    text = f"{at} {plain(entry.sentence)}"
    cut = text if len(text) <= paint.width else f"{text[: paint.width - 3]}..."
    return paint.bold(cut) if entry.signals else paint.dim(cut)

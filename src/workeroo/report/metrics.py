"""What does Prometheus read of a server, by its conventions for names and units?

The extra `metrics` (prometheus-client) writes it out. Names end in their unit, counters in
`_total`; shares are ratios from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import get_args

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)

from workeroo import __version__
from workeroo.autopilot.product import Status
from workeroo.evidence import Maybe, is_known
from workeroo.facts.pulse import HostPulse, Pulse, State, Worker
from workeroo.report.metrics_totals import Seen, Totals

STATES: tuple[State, ...] = get_args(State)


class Metrics:
    """A collector of prometheus_client.

    Args:
        seen: what there is now.
    """

    def __init__(self, seen: Callable[[], Seen]) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        """Every family of metrics."""
        seen = self._seen()
        yield from _server(seen)
        yield from _totals(seen.totals)
        if seen.pulse is not None:
            yield from _queue(seen.pulse)
            yield from _workers(seen.pulse)
            yield from _each(seen.pulse)
            yield from _host(seen.pulse.host)
            yield from _database(seen.pulse)
        if seen.autopilot is not None:
            yield from _autopilot(seen.autopilot)


def _server(seen: Seen) -> Iterator[Metric]:
    info = {"deployment": seen.deployment, "port": str(seen.port), "version": __version__}
    yield InfoMetricFamily("workeroo", "What is watched, and by which Workeroo.", info)
    yield _gauge("workeroo_up", "Whether the server is there.", seen.pulse is not None)
    pulse = seen.pulse
    if pulse is None:
        return
    yield _gauge("workeroo_trouble", "Things that could not be looked at.", len(pulse.trouble))
    yield _gauge(
        "workeroo_master_stopped", "Whether a signal holds the master.", pulse.master_stopped
    )
    yield _gauge(
        "workeroo_reloading", "Whether workers of an earlier image are there.", pulse.reloading
    )


def _totals(totals: Totals) -> Iterator[Metric]:
    yield _counter(
        "workeroo_requests_served",
        "Requests seen to be served; of those shorter than 0.2 s some are missed.",
        totals.served,
    )
    yield _counter("workeroo_http_workers_started", "HTTP workers that came.", totals.started)
    yield _counter("workeroo_http_workers_ended", "HTTP workers that went.", totals.ended)
    yield _counter("workeroo_server_restarts", "Other masters than before.", totals.restarts)
    yield _counter(
        "workeroo_http_workers_busy_seconds",
        "Time that HTTP workers were busy, all together: its rate is how many are on average.",
        totals.busy_seconds,
    )
    yield _counter(
        "workeroo_queue_waiting_seconds",
        "Time that connections waited, all together: its rate is how many do on average.",
        totals.waiting_seconds,
    )
    yield _counter(
        "workeroo_shortage_seconds",
        "Time in which somebody waited and no HTTP worker was idle.",
        totals.shortage_seconds,
    )
    yield _counter(
        "workeroo_cpu_seconds",
        "CPU time of all processes, by part.",
        {_part(part): seconds for part, seconds in totals.cpu_seconds.items()},
        label="part",
    )


def _queue(pulse: Pulse) -> Iterator[Metric]:
    yield _gauge(
        "workeroo_queue_connections", "Connections that no worker has accepted.", pulse.waiting
    )
    if pulse.backlog is not None:
        yield _gauge("workeroo_queue_limit_connections", "How many may wait.", pulse.backlog)
    yield _gauge(
        "workeroo_queue_oldest_wait_seconds",
        "How long the connection that is next has waited.",
        pulse.oldest_wait_seconds,
    )


def _workers(pulse: Pulse) -> Iterator[Metric]:
    counts: dict[str, float] = {state: pulse.count(state) for state in STATES}
    yield _gauge("workeroo_http_workers", "HTTP workers by state.", counts, label="state")
    programs: dict[str, float] = {"wkhtmltopdf": 0.0}
    for worker in pulse.workers:
        for name in worker.children:
            programs[name] = programs.get(name, 0.0) + 1
    yield _gauge(
        "workeroo_programs", "Programs that workers wait for, by name.", programs, label="program"
    )
    longest = max((worker.request_seconds for worker in pulse.http), default=0.0)
    yield _gauge(
        "workeroo_longest_request_seconds",
        "How long the request that is served longest has had its worker.",
        longest,
    )


def _each(pulse: Pulse) -> Iterator[Metric]:
    """One series for each process that is there; those that ended leave no trace."""
    gauges: dict[str, tuple[str, Callable[[Worker], Maybe[float]]]] = {
        "workeroo_worker_pss_bytes": (
            "Memory that it really costs: its own, and its share of what it shares.",
            lambda worker: worker.pss_bytes,
        ),
        "workeroo_worker_rss_bytes": ("Resident memory.", lambda worker: worker.rss_bytes),
        "workeroo_worker_vms_bytes": (
            "Virtual memory, which limit_memory_soft and _hard count.",
            lambda worker: worker.vms_bytes,
        ),
        "workeroo_worker_connections": (
            "Connections of clients.",
            lambda worker: worker.connections,
        ),
    }
    for name, (text, value) in gauges.items():
        family = GaugeMetricFamily(name, text, labels=["pid", "part"])
        for worker in pulse.workers:
            told = value(worker)
            if is_known(told):
                family.add_metric([str(worker.pid), _part(worker.part)], told)
        yield family


def _host(host: HostPulse) -> Iterator[Metric]:
    yield _gauge("workeroo_host_cores", "Cores that the server may use.", host.cores)
    yield _counter(
        "workeroo_host_cpu_seconds", "CPU time used by everybody on those.", host.busy_seconds
    )
    yield _gauge(
        "workeroo_host_memory_available_bytes", "Memory left.", host.memory_available_bytes
    )
    yield _gauge("workeroo_host_memory_limit_bytes", "All of it.", host.memory_limit_bytes)
    pressures = {"cpu": host.cpu_pressure, "memory": host.memory_pressure, "io": host.io_pressure}
    yield _gauge(
        "workeroo_host_pressure_ratio",
        "Share of the last 10 s in which somebody waited for it (PSI some).",
        {name: value / 100 for name, value in pressures.items() if is_known(value)},
        label="resource",
    )


def _database(pulse: Pulse) -> Iterator[Metric]:
    database = pulse.database
    if not is_known(database):
        return
    yield _gauge("workeroo_database_connections", "Used by everybody.", database.connections)
    yield _gauge(
        "workeroo_database_limit_connections",
        "How many ordinary users may have.",
        database.most_connections,
    )
    yield _gauge(
        "workeroo_database_lock_waits_connections",
        "That wait for a lock of another.",
        database.waiting_for_locks,
    )


def _autopilot(status: Status) -> Iterator[Metric]:
    acts = not status.paused and not status.dry_run
    yield _gauge("workeroo_autopilot_active", "Whether it acts.", acts)
    yield _gauge("workeroo_autopilot_floor_workers", "Fewest workers.", status.bounds.floor)
    yield _gauge("workeroo_autopilot_ceiling_workers", "Most workers.", status.bounds.ceiling)
    yield _counter(
        "workeroo_autopilot_signals",
        "Signals that it has sent.",
        {name: float(count) for name, count in status.signals.items()},
        label="signal",
    )


def _part(part: str) -> str:
    return part.replace(" ", "_")


def _gauge(
    name: str, text: str, value: float | Mapping[str, float], label: str = ""
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label] if label else [])
    for key, number in _values(value):
        family.add_metric(key, number)
    return family


def _counter(
    name: str, text: str, value: float | Mapping[str, float], label: str = ""
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label] if label else [])
    for key, number in _values(value):
        family.add_metric(key, number)
    return family


def _values(value: float | Mapping[str, float]) -> Iterator[tuple[list[str], float]]:
    if isinstance(value, Mapping):
        for key, number in value.items():
            yield [key], float(number)
    else:
        yield [], float(value)

"""What does a server run out of first, by what its pulses say?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from workeroo.evidence import Unknown
from workeroo.facts.pulse import DatabasePulse, HostPulse, Pulse, State, Worker
from workeroo.prove.binding import Seen, binding
from workeroo.prove.stressed import Binding

GIB = 1024**3


def pulse(second: int, **changed: Any) -> Pulse:  # noqa: ANN401 - of many types
    """Two cores, four workers, all of them idle, and little to do."""
    states: tuple[State, ...] = changed.pop("states", ("idle",) * 4)
    each_cores, host_cores = changed.pop("each_cores", 0.05), changed.pop("host_cores", 0.3)
    part = changed.pop("part", "http worker")
    available = changed.pop("available_bytes", 4 * GIB)
    workers = tuple(
        Worker(
            pid=100 + number, start_ticks=1, part=part, state=state,
            cpu_seconds=second * each_cores,
        )
        for number, state in enumerate(states)
    )  # fmt: skip
    host = HostPulse(
        cores=2, busy_seconds=second * host_cores, memory_available_bytes=available,
        memory_limit_bytes=8 * GIB,
    )  # fmt: skip
    given: dict[str, Any] = {"waiting": 0, "backlog": 32, **changed}
    return Pulse(
        at_seconds=float(second), master_pid=10, master_start_ticks=1, port=8069,
        workers=workers, host=host, **given,
    )  # fmt: skip


def looked(**changed: Any) -> Seen:  # noqa: ANN401 - of many types
    extra = {name: changed.pop(name) for name in ("doubts", "failures") if name in changed}
    return Seen(pulses=[pulse(second, **changed) for second in range(10)], **extra)


BUSY: dict[str, Any] = {"states": ("busy",) * 4, "waiting": 9}

CASES: list[tuple[str, dict[str, Any]]] = [
    ("workers", BUSY),
    ("workers", {**BUSY, "waiting": 32}),
    ("workers", {**BUSY, "host_cores": 2.0, "each_cores": 0.01}),
    ("CPU", {**BUSY, "host_cores": 1.95, "each_cores": 0.45}),
    ("CPU", {"states": ("busy",), "part": "threaded server", "each_cores": 0.95}),
    ("memory", {**BUSY, "available_bytes": GIB // 8}),
    ("workers", {**BUSY, "waiting": 33, "failures": {"connection refused": 7}}),
    ("accept queue", {"waiting": 33, "failures": {"connection refused": 7}}),
    (
        "database connections",
        {**BUSY, "database": DatabasePulse(connections=97, most_connections=97,
                                           waiting_for_locks=0)},
    ),
    (
        "locks",
        {**BUSY, "database": DatabasePulse(connections=9, most_connections=97,
                                           waiting_for_locks=3)},
    ),
    ("generator", {**BUSY, "doubts": ["the load generator was busy 97% of one core"]}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changed"), CASES, ids=[case[0] for case in CASES])
def test_what_binds_is_told_with_evidence_and_a_cure(what: str, changed: dict[str, Any]) -> None:
    found = binding(looked(**changed))

    assert isinstance(found, Binding)
    assert found.what == what
    assert found.evidence
    assert found.cure


def test_a_server_with_idle_workers_and_cores_is_not_judged() -> None:
    found = binding(looked())

    assert isinstance(found, Unknown)
    assert "0.0 of 4.0 workers" in found.reason


def test_a_few_looks_are_not_enough() -> None:
    few = msgspec.structs.replace(looked(**BUSY), pulses=[pulse(0, **BUSY)])

    assert isinstance(binding(few), Unknown)

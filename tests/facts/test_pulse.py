"""What lies between two looks at a server?"""

from __future__ import annotations

import msgspec

from workeroo.facts.pulse import HostPulse, Pulse, Worker, between


def worker(pid: int, cpu_seconds: float = 0.0, start_ticks: int = 7) -> Worker:
    return Worker(
        pid=pid, start_ticks=start_ticks, part="http worker", state="idle", cpu_seconds=cpu_seconds
    )


def pulse(at: float, *workers: Worker, busy: float = 0.0) -> Pulse:
    host = HostPulse(cores=2, busy_seconds=busy, memory_available_bytes=1, memory_limit_bytes=2)
    return Pulse(
        at_seconds=at, master_pid=1, master_start_ticks=1, port=8069, workers=workers, waiting=0,
        host=host,
    )  # fmt: skip


def test_cpu_is_told_in_cores() -> None:
    beat = between(pulse(0, worker(5, 1), busy=10), pulse(2, worker(5, 2), busy=13))

    assert beat is not None
    assert (beat.worker_cores, beat.host_cores_busy) == ({5: 0.5}, 1.5)


def test_a_pid_that_was_given_to_another_process_is_one_gone_and_one_new() -> None:
    beat = between(pulse(0, worker(5, 9)), pulse(1, worker(5, 1, start_ticks=8)))

    assert beat is not None
    assert (beat.new, beat.gone, beat.worker_cores) == ((5,), (5,), {})


def test_nothing_lies_between_two_servers() -> None:
    other = msgspec.structs.replace(pulse(1), master_start_ticks=2)

    assert between(pulse(0), other) is None
    assert between(pulse(1), pulse(1)) is None

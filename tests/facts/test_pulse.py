"""What lies between two looks at a server?"""

from __future__ import annotations

import msgspec

from workeroo.evidence import Unknown
from workeroo.facts.pulse import (
    HostPulse,
    Pulse,
    Worker,
    between,
    queue_seconds,
    served_per_second,
)


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


def queued(at: float, waiting: int, served: int) -> Pulse:
    return msgspec.structs.replace(pulse(at), waiting=waiting, served=served)


def test_the_queue_time_is_what_waits_by_what_is_answered() -> None:
    pulses = [queued(0, 4, 100), queued(1, 6, 110), queued(2, 5, 120)]

    assert served_per_second(pulses) == 10
    assert queue_seconds(pulses) == 0.5


def test_where_nobody_waits_the_queue_time_is_nothing() -> None:
    assert queue_seconds([queued(0, 0, 0), queued(1, 0, 0)]) == 0.0


def test_a_queue_of_which_nothing_is_answered_has_no_known_time() -> None:
    assert isinstance(queue_seconds([queued(0, 3, 7), queued(1, 3, 7)]), Unknown)
    assert isinstance(queue_seconds([queued(0, 3, 7)]), Unknown)
    assert isinstance(queue_seconds([]), Unknown)

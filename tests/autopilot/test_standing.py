"""How does a process stand, and how long did it wait for a core?"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.autopilot.looks import Day, workers

from workeroo.autopilot.corewait import with_core_waits
from workeroo.autopilot.standing import Standing, standing
from workeroo.evidence import Unknown
from workeroo.facts.pulse import HostPulse, Pulse, Worker
from workeroo.lab.wait import wait_until


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def now(pid: int) -> Standing:
    found = standing(pid)
    assert found is not None
    return found


def test_a_process_that_has_gone_stands_nowhere() -> None:
    assert standing(2**22 - 1) is None


def test_it_is_known_whose_child_it_is_and_what_it_handles() -> None:
    own = now(os.getpid())

    assert own.parent_pid == os.getppid()
    assert own.handles(signal.SIGINT)
    assert not own.handles(signal.SIGTTIN)


def test_a_stopped_process_is_known(sleeper: subprocess.Popen[bytes]) -> None:
    wait_until(lambda: now(sleeper.pid).is_at_rest, seconds=10, what="rest")
    sleeper.send_signal(signal.SIGSTOP)
    wait_until(lambda: now(sleeper.pid).is_stopped, seconds=10, what="the stop")

    assert not now(sleeper.pid).is_at_rest


def test_a_signal_that_waits_is_known_and_news_of_children_do_not_count() -> None:
    plain = now(os.getpid())
    waits = msgspec.structs.replace(plain, pending=1 << (signal.SIGTTIN - 1))
    child = msgspec.structs.replace(plain, pending=1 << (signal.SIGCHLD - 1))

    assert waits.waits_for_signals
    assert not child.waits_for_signals


def pulse(worker: Worker, waiting: int) -> Pulse:
    host = HostPulse(cores=2, busy_seconds=0, memory_available_bytes=1, memory_limit_bytes=2)
    return Pulse(
        at_seconds=1, master_pid=1, master_start_ticks=1, port=8069, workers=(worker,),
        waiting=waiting, host=host,
    )  # fmt: skip


def test_waits_for_a_core_are_looked_at_only_while_connections_wait() -> None:
    busy = msgspec.structs.replace(workers("b")[0], pid=os.getpid())

    assert with_core_waits(pulse(busy, 0)).workers == (busy,)
    assert isinstance(with_core_waits(pulse(busy, 1)).workers[0].core_wait_seconds, float)


def test_a_kernel_that_does_not_tell_waits_is_no_hindrance(tmp_path: Path) -> None:
    (busy,) = workers("b")

    told = with_core_waits(pulse(busy, 1), tmp_path).workers[0].core_wait_seconds
    assert isinstance(told, Unknown)


def test_workers_of_before_a_reload_hold_everything_and_count_for_nothing() -> None:
    day = Day()
    day.look("bb")
    old = workers("eee", old=True)
    new = [msgspec.structs.replace(w, pid=w.pid + 10) for w in workers("bb")]
    looks = [day.step([*old, *new], waiting=9) for _ in range(20)]

    assert {step.kind for step, _ in looks} == {"hold"}
    assert "of before a reload" in looks[-1][1].sentence
    assert looks[-1][1].workers == 2

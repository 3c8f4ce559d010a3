"""Is a process looked at as itself, with its programs, and never another with its pid?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from workeroo.lab.wait import wait_until
from workeroo.probe import pulse
from workeroo.probe.opened import OpenedProcess
from workeroo.probe.pulse import _by_parent
from workeroo.probe.world import LIVE

PARENT = """
import subprocess, sys, threading
def start():
    subprocess.run(["sleep", "60"])
threading.Thread(target=start, daemon=True).start()
sys.stdin.read()
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[bytes]]:
    """A process with a thread that waits for a program, as a worker does that draws a PDF."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE) as process:
        yield process
        with closing(OpenedProcess(process.pid)) as opened:
            children = opened.child_pids() or []
        for pid in children:
            os.kill(pid, 15)
        process.kill()


def test_the_program_that_a_thread_waits_for_is_seen(parent: subprocess.Popen[bytes]) -> None:
    with closing(OpenedProcess(parent.pid)) as opened:
        wait_until(lambda: names(opened) == ["sleep"], seconds=20, what="a program")


def test_children_are_found_also_where_the_kernel_has_no_list(
    parent: subprocess.Popen[bytes],
) -> None:
    with closing(OpenedProcess(os.getpid())) as me:
        assert parent.pid in (me.forked_pids() or [parent.pid])
    assert parent.pid in _by_parent(LIVE / "proc", os.getpid())
    assert pulse._parent_of(LIVE / "proc", 2**22 + 1) is None


def test_a_descriptor_is_there_from_its_opening_to_its_end() -> None:
    with closing(OpenedProcess(os.getpid())) as me:
        reads, writes = os.pipe()
        os.close(writes)
        assert me.has(str(reads))
        os.close(reads)
        assert not me.has(str(reads))


def test_a_process_is_seen_anew_at_every_glance() -> None:
    with closing(OpenedProcess(os.getpid())) as me:
        first = me.glance()
        assert first is not None

        def has_worked() -> bool:
            sum(range(1_000_000))
            later = me.glance()
            return later is not None and later.cpu_seconds > first.cpu_seconds

        wait_until(has_worked, seconds=40, what="CPU time")


def test_a_process_that_ended_tells_nothing() -> None:
    argv = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with (
        subprocess.Popen(argv, stdin=subprocess.PIPE) as process,
        closing(OpenedProcess(process.pid)) as opened,
    ):
        assert opened.glance() is not None
        wait_until(lambda: opened.argv() != b"", seconds=20, what="an exec")
        process.communicate()

        assert opened.glance() is None
        assert (opened.argv(), opened.name(), opened.pss_bytes()) == (b"", "", None)
        assert (opened.child_pids(), opened.sockets(), opened.pipes()) == ([], {}, set())
    with pytest.raises(OSError, match="No such"):
        OpenedProcess(process.pid)


def test_pipes_that_came_from_outside_do_not_count() -> None:
    with closing(OpenedProcess(os.getpid())) as opened:
        before = opened.pipes()
        inner, outer = os.pipe()
        assert len(opened.pipes() - before) == 1  # both ends are one pipe
        os.close(inner)
        os.close(outer)


def names(opened: OpenedProcess) -> list[str]:
    found = []
    for pid in opened.child_pids() or []:
        with closing(OpenedProcess(pid)) as child:
            found.append(child.name())
    return found

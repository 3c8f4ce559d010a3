"""Is a program's own end awaited, and nothing else?"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from workeroo.apply.run import run_program
from workeroo.errors import Unavailable

DAEMON = """\
import os, sys, time
print("started", flush=True)
if os.fork() == 0:
    with open(sys.argv[1], "w") as file:
        file.write(str(os.getpid()))
    time.sleep(600)
"""


def test_a_daemon_that_keeps_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    told = tmp_path / "pid"

    done = run_program([sys.executable, "-c", DAEMON, str(told)], timeout_seconds=60)

    while not told.exists() or not told.read_text(encoding="utf-8"):
        time.sleep(0.01)
    os.kill(int(told.read_text(encoding="utf-8")), signal.SIGKILL)
    assert (done.status, done.last_line) == (0, "started")


def test_all_that_a_program_writes_is_read() -> None:
    done = run_program([sys.executable, "-c", "print('x' * 300000)"], timeout_seconds=60)

    assert len(done.output) == 300001


def test_a_program_that_does_not_end_is_killed() -> None:
    with pytest.raises(Unavailable, match="did not end within 0 s"):
        run_program(["sleep", "600"], timeout_seconds=0)


def test_a_program_that_is_given_up_is_killed() -> None:
    with pytest.raises(Unavailable, match="was given up"):
        run_program(["sleep", "600"], timeout_seconds=600, is_given_up=lambda: True)


def test_a_program_does_not_hear_ctrl_c() -> None:
    ignored = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    before = signal.getsignal(signal.SIGINT)

    assert run_program([sys.executable, "-c", ignored], timeout_seconds=60).last_line == "True"
    assert signal.getsignal(signal.SIGINT) is before

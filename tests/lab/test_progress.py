"""How do long steps look in a log and on a terminal?"""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from workeroo.cli.progress import progress

STEPS = """
from workeroo.cli.progress import progress
with progress().step("downloading it", unit="bytes", total=2048) as step:
    step.reach(1024)
"""


def test_in_a_log_a_step_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress().step("downloading it", unit="bytes", total=2048) as step:
        step.reach(1024)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "downloading it (2 KiB) ...\n")


def test_on_a_terminal_a_step_is_a_bar_and_leaves_one_line_with_its_time() -> None:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", STEPS], stderr=follower, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(follower)
        drawn = _read_all(leader)
    assert process.returncode == 0
    assert "━" in drawn
    assert "downloading it: " in drawn.splitlines()[-1]


def _read_all(descriptor: int) -> str:
    parts = []
    try:
        while part := os.read(descriptor, 65536):
            parts.append(part)
    except OSError:  # Linux: how a terminal says that its other end is closed
        pass
    os.close(descriptor)
    return b"".join(parts).decode()

"""Does `workeroo diagnose --follow` tell what happens while it happens?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.probe.logworld import log, request, stamped

CALM = log([request(n) for n in range(50)])
WAIT_SECONDS = 60
"""For a machine that does much else; what is waited for comes in one."""

Follow = Callable[..., "subprocess.Popen[str]"]


def killed(second: float, worker: int) -> bytes:
    text = f"odoo.service.server: WorkerHTTP ({worker}) timeout after 120s"
    return log([stamped(second, text, pid=1).replace("INFO", "ERROR")])


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Starts to follow; what is still running at the end of a test is interrupted."""
    started = []

    def start(*arguments: str, stdin: int | None = None) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "workeroo", "diagnose", "--follow", "--json", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=WAIT_SECONDS)


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next diagnosis that is printed; waits for it."""
    assert process.stdout is not None
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return line


def counts(diagnosis: dict[str, Any]) -> dict[str, int]:
    return {incident["id"]: incident["count"] for incident in diagnosis["incidents"]}


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_what_comes_is_told_and_what_was_there_counts_once(follow: Follow, tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(CALM + killed(60, 7))

    process = follow(str(path))
    first = told(process)
    append(path, killed(70, 8)[:30])
    append(path, killed(70, 8)[30:] + log([request(71)]))
    second = told(process)
    process.send_signal(signal.SIGINT)

    assert counts(first) == {"worker-time-limit": 1}
    assert counts(second) == {"worker-time-limit": 2}
    more = second["source"]["lines"] - first["source"]["lines"]
    assert more in {1, 2}  # the last line may come with the next look
    assert process.wait(WAIT_SECONDS) == 130


@pytest.mark.parametrize("how", ["renamed", "emptied", "removed"])
def test_a_rotation_is_followed_and_nothing_is_lost(
    how: str, follow: Follow, tmp_path: Path
) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(CALM + log([request(n) for n in range(50, 60)]))
    process = follow(str(path))
    assert counts(told(process)) == {}

    append(path, killed(60, 7))
    assert counts(told(process)) == {"worker-time-limit": 1}
    if how == "renamed":
        path.rename(tmp_path / "odoo.log.1")
        path.write_bytes(killed(70, 8))
    elif how == "emptied":
        os.truncate(path, 0)
        append(path, killed(70, 8))
    else:
        path.unlink()
        path.write_bytes(killed(70, 8))

    assert counts(told(process)) == {"worker-time-limit": 2}


def test_a_pipe_is_followed_to_its_end(follow: Follow) -> None:
    ours, theirs = os.pipe()
    process = follow("-", stdin=ours)
    os.close(ours)
    with os.fdopen(theirs, "wb", buffering=0) as pipe:
        pipe.write(CALM)
        assert counts(told(process)) == {}
        pipe.write(killed(60, 7))
        assert counts(told(process)) == {"worker-time-limit": 1}

    assert process.wait(WAIT_SECONDS) == 2


def test_waiting_costs_next_to_nothing(follow: Follow, tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(CALM)
    process = follow(str(path))
    told(process)
    before = cpu_seconds(process.pid)
    append(path, log([request(n) for n in range(50, 60)]))
    append(path, killed(60, 7))
    told(process)

    assert cpu_seconds(process.pid) - before < 2


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""What does a contender's memory come to over the day, and what did the autopilot signal?"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import Self

from workeroo.autopilot.place import Place
from workeroo.lab.lab import Lab
from workeroo.lab.process import PROC
from workeroo.lab.wait import wait_until

LOOK_SECONDS = 0.25
"""Between two looks, each at one process: to look stops that process for some milliseconds."""

CRON_AND_EVENTED = 2
"""Processes of a server that are no HTTP workers."""

CALM_SECONDS = 10
"""The autopilot's window: two minutes stand for a day, so it is a thirtieth of the usual one."""


class Memory:
    """Samples the proportional memory of a server's processes, one after another.

    Attributes:
        samples: seconds since the beginning, number of children, bytes.
    """

    def __init__(self, master_pid: int) -> None:
        self.master_pid = master_pid
        self.samples: list[tuple[float, int, int]] = []
        self._turn = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def byte_seconds(self) -> float:
        """Memory times time."""
        return sum(each * LOOK_SECONDS for _, _, each in self.samples)

    def _look(self) -> None:
        began = time.monotonic()
        known: dict[int, int] = {}
        while not self._over.wait(LOOK_SECONDS):
            pids = [self.master_pid, *children(self.master_pid)]
            fresh = [pid for pid in pids if pid not in known]
            known = {pid: known.get(pid, 0) for pid in pids}
            # New ones first, then in turn.
            turn = fresh[0] if fresh else self._next(pids)
            known[turn] = pss_bytes(turn)
            self.samples.append((time.monotonic() - began, len(pids) - 1, sum(known.values())))

    def _next(self, pids: list[int]) -> int:
        self._turn += 1
        return pids[self._turn % len(pids)]


class Pilot:
    """The autopilot as a program of its own, beside the server."""

    def __init__(self, lab: Lab, folder: Path, bounds: tuple[int, int]) -> None:
        self.journal = Place(folder, lab.http_port).journal
        self.journal.unlink(missing_ok=True)
        floor, ceiling = bounds
        self.command = [
            sys.executable, "-m", "workeroo", "autopilot",
            "--deployment", f"port {lab.http_port}",
            "--floor", str(floor), "--ceiling", str(ceiling),
            "--folder", str(folder), "--calm", str(CALM_SECONDS),
        ]  # fmt: skip
        self.log = folder / "autopilot.log"
        self.master_pid = lab.master_pid
        self.before = 0

    def __enter__(self) -> Self:
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(self.command, stdout=sink, stderr=sink)
        wait_until(self.journal.exists, seconds=30, what="the autopilot's first entry")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.process.poll() is not None:
            raise SystemExit(f"the autopilot ended by itself: {self.log.read_text()[-500:]}")
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def settle(self, floor: int) -> None:
        """Wait until it has come down to its floor; what it signalled until then does not count."""
        processes = floor + CRON_AND_EVENTED
        wait_until(
            lambda: len(children(self.master_pid)) <= processes,
            seconds=180,
            what="the quiet night",
        )
        self.before = len(self._signalled())

    def signals(self) -> list[dict[str, Any]]:
        """Entries of the journal in which it signalled during the day."""
        return self._signalled()[self.before :]

    def _signalled(self) -> list[dict[str, Any]]:
        lines = self.journal.read_text(encoding="utf-8").splitlines()
        return [entry for entry in map(json.loads, lines) if entry.get("signals")]


def children(pid: int) -> list[int]:
    """Processes that a process started."""
    try:
        return [int(word) for word in (PROC / f"{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def pss_bytes(pid: int) -> int:
    """Its proportional share of memory; 0 when it has ended."""
    try:
        for line in (PROC / f"{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # it has ended
    return 0

"""What can happen to a server, and to the autopilot that holds it?"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chaosrun import Story, Trial

from workeroo.lab.ports import is_free
from workeroo.units import GIB, MIB, format_bytes

STOPPED_SECONDS = 12.0

LOWERINGS, LOWERED_SECONDS = 3, 8.0

SOME_ROOM_BYTES, NO_ROOM_BYTES = 96 * MIB, 16 * MIB
"""Above what is used. A worker of the lab takes some 40 MiB for a moment when it ends."""

BALLAST, BLOCK_BYTES, FULL_SECONDS = "ballast", 4096, 8.0

JUMPED_SECONDS = 8.0

CLOCK = Path(tempfile.gettempdir()) / f"workeroo-clock-{os.getpid()}" / "clock"

SHIFTED = """
import sys, time
from pathlib import Path
real, offset = time.time, Path(sys.argv[1])
time.time = lambda: real() + 3600 * float(offset.read_text())
from workeroo.cli import run
sys.exit(run(sys.argv[2:]))
"""
"""The clock on the wall is the only one that anybody can set. Not by libfaketime: with its 0.9.10
Python's time.sleep fails with "Invalid argument"."""

EBB_CLIENTS = 2
"""Are left of a rush, so that workers are idle."""


def reload(trial: Trial) -> None:
    """SIGHUP: Odoo 19 starts new workers beside the old ones, and ends those."""
    before = trial.lab.master_pid
    os.kill(before, signal.SIGHUP)
    trial.until(lambda: trial.look().reloading, "two generations")
    trial.until(lambda: not trial.look().reloading, "the end of the old one")


def reload_lost(trial: Trial) -> None:
    """SIGHUP to an Odoo that does not find its own interpreter again; somebody starts it anew."""
    os.kill(trial.lab.master_pid, signal.SIGHUP)
    trial.until(lambda: is_free(trial.lab.http_port), "the end of all its workers")
    trial.lab.restart()


def stopped_workers(trial: Trial) -> None:
    """SIGSTOP to all but one."""
    workers = [worker.pid for worker in trial.look().http if worker.state != "ending"]
    stopped = workers[:-1]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    trial.lasting(STOPPED_SECONDS)
    trial.seen.append(f"{len(stopped)} of {len(workers)} stopped")
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)


def stopped_master(trial: Trial) -> None:
    """SIGSTOP to the master."""
    master = trial.lab.master_pid
    os.kill(master, signal.SIGSTOP)
    trial.lasting(STOPPED_SECONDS)
    os.kill(master, signal.SIGCONT)


def full_disk(trial: Trial) -> None:
    """Nothing can be written where the autopilot keeps its journal, until there is room."""
    trial.lasting(FULL_SECONDS)
    trial.load.count = EBB_CLIENTS  # so that workers leave, which is told
    trial.lasting(FULL_SECONDS)
    status = trial.status()
    if status is not None:
        told = [trouble.rpartition(": ")[2] for trouble in status.trouble]
        trial.seen.append(f"`status` said: {', '.join(told) or 'nothing'}")
    (trial.place.folder / BALLAST).unlink()
    trial.load.count = trial.story.clients
    if trial.flown:
        trial.until(lambda: not _trouble(trial), "a journal that is written")
        trial.seen.append(f"with room again, the journal {'has' if _whole(trial) else 'lacks'} all")


def _trouble(trial: Trial) -> bool:
    status = trial.status()
    return bool(status and status.trouble)


def _whole(trial: Trial) -> bool:
    """Whether every signal that was sent is in the journal."""
    status, told = trial.status(), Counter[str]()
    for entry in trial.entries():
        told.update(entry.signals)
    return status is not None and all(told[name] >= n for name, n in status.signals.items())


def clock_jump(trial: Trial) -> None:
    """The clock on the wall goes two hours ahead, and then two hours behind."""
    for hours in (2, -2):
        set_clock(hours)
        trial.lasting(JUMPED_SECONDS)
        last = trial.status()
        if last is not None and last.last is not None:
            by_hours = (last.last.unix_seconds - time.time()) / 3600
            trial.seen.append(f"its clock stood {by_hours:+.1f} h from the host's")
    times = [entry.at_seconds for entry in trial.entries()]
    if times:
        trial.seen.append("the journal in order" if times == sorted(times) else "out of order")


def set_clock(hours: int) -> None:
    """Set the autopilot's clock, by so many hours from the right time."""
    before = CLOCK.with_name("before")
    before.write_text(str(hours), encoding="ascii")
    before.replace(CLOCK)


@contextmanager
def full_file_system(folder: Path) -> Iterator[None]:
    """A file system of its own, that is full."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        with (folder / BALLAST).open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(BLOCK_BYTES)):
                pass
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def own_clock(folder: Path) -> Iterator[None]:
    """The clock stands right at first."""
    del folder
    CLOCK.parent.mkdir(exist_ok=True)
    set_clock(0)
    try:
        yield
    finally:
        shutil.rmtree(CLOCK.parent)


def memory_limit(trial: Trial) -> None:
    """The limit comes down, three times, to a little above what is used, while the rush ebbs."""
    lower(trial, SOME_ROOM_BYTES)


def memory_gone(trial: Trial) -> None:
    """The same, to so little above it that a worker that ends would take more."""
    lower(trial, NO_ROOM_BYTES)


def lower(trial: Trial, room_bytes: int) -> None:
    """Lower the limit, and tell what the kernel did."""
    group = trial.group
    if group is None:
        raise ValueError("this story needs a memory group")
    for _ in range(LOWERINGS):
        group.limit(group.used_bytes + room_bytes)
        trial.lasting(LOWERED_SECONDS)
        trial.load.count = EBB_CLIENTS
    killed = f"{group.kills} processes killed for want of memory"
    trial.seen.append(f"{format_bytes(group.used_bytes)} used in the end, {killed}")


STORIES = (
    Story(name="reload", trouble=reload),
    Story(name="reload in a venv: the server is lost", trouble=reload_lost, survives=False),
    Story(name="stopped workers", trouble=stopped_workers),
    Story(name="stopped master", trouble=stopped_master),
    Story(name="full disk", trouble=full_disk, around=full_file_system),
    Story(
        name="clock set by hours",
        trouble=clock_jump,
        around=own_clock,
        program=("-c", SHIFTED, str(CLOCK)),
    ),
    Story(
        name="memory limit lowered to 96 MiB above what is used",
        trouble=memory_limit,
        limit_bytes=3 * GIB,
        calm_seconds=300,
    ),
    Story(
        name="memory limit lowered to 16 MiB above it",
        trouble=memory_gone,
        limit_bytes=3 * GIB,
        calm_seconds=300,
    ),
)

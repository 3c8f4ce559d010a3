"""What can happen to a server, and to the autopilot that holds it?"""

from __future__ import annotations

import os
import signal

from chaosrun import Story, Trial

from workeroo.units import GIB, MIB, format_bytes

STOPPED_SECONDS = 12.0

LOWERINGS, LOWERED_SECONDS = 3, 8.0

SOME_ROOM_BYTES, NO_ROOM_BYTES = 96 * MIB, 16 * MIB
"""Above what is used. A worker of the lab takes some 40 MiB for a moment when it ends."""

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
    trial.until(lambda: not trial.lab.status().running, "the end of the server")
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

"""Which processes are the lab's, and how are they ended?

A pid alone may have been given to somebody else. A process counts as the lab's when its pid and
its start time are those recorded, or when it works in the lab's folder and belongs to a session
that the lab began. It is signalled through a pidfd, which cannot come to mean another process.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from workeroo.lab.user import LabUser
from workeroo.lab.wait import holds_within

PROC = Path("/proc")

# Fields of /proc/PID/stat after the command's closing parenthesis (proc(5)), counted from 0.
_STATE = 0
_SESSION = 3
_START = 19


class Started(msgspec.Struct, frozen=True):
    """A process that cannot be mistaken for another.

    Attributes:
        start_ticks: when it began, in clock ticks since boot.
    """

    pid: int
    start_ticks: int


class _Stat(msgspec.Struct, frozen=True):
    dead: bool
    session: int
    start_ticks: int


_children: dict[int, subprocess.Popen[bytes]] = {}


def start_server(
    command: list[str], *, user: LabUser, cwd: Path, log: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start a server that outlives us, in a session of its own."""
    with log.open("ab") as sink:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd=cwd, env=environment,
            start_new_session=True, **user.identity(),
        )  # fmt: skip
    _children[process.pid] = process  # ours to reap when it ends before us
    return process


def identify(pid: int) -> Started | None:
    """A live process by its pid; None when there is none."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
    stat = _stat(pid)
    return None if stat is None or stat.dead else Started(pid, stat.start_ticks)


def is_alive(process: Started | None) -> bool:
    """Whether exactly this process still runs; one that only waits to be reaped does not."""
    return process is not None and identify(process.pid) == process


def send(process: Started, number: signal.Signals) -> None:
    """Signal exactly this process; nothing happens when it is gone."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        return
    try:
        # The pidfd holds whoever has the pid now; only if that is still ours may it be signalled.
        if is_alive(process):
            signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return
    finally:
        os.close(descriptor)


def members(session: int, folder: Path) -> list[Started]:
    """The live processes of a session that work in a folder."""
    return [
        Started(pid, stat.start_ticks)
        for pid, stat in _all_stats()
        if stat.session == session and not stat.dead and works_in(pid, folder)
    ]


def sessions_of(file: Path, folder: Path) -> set[int]:
    """The sessions of processes that work in a folder and were started with this file.

    They may be there without a record: whoever started them may have been killed before it wrote.
    """
    wanted = os.fsencode(file)
    return {
        stat.session
        for pid, stat in _all_stats()
        if not stat.dead and works_in(pid, folder) and wanted in _command_line(pid)
    }


def end_all(sessions: Iterable[int], folder: Path) -> None:
    """End at once whatever of these sessions works in a folder."""
    for session in sessions:
        for member in members(session, folder):
            kill(member)


def stop(process: Started | None, *, polite: signal.Signals, seconds: float) -> None:
    """Ask a process to end; force it when it has not done so in time."""
    if process is None:
        return
    send(process, polite)
    if not holds_within(lambda: not is_alive(process), seconds):
        kill(process)


def kill(process: Started, seconds: float = 10) -> None:
    """End a process at once, and wait until it is gone."""
    send(process, signal.SIGKILL)
    holds_within(lambda: not is_alive(process), seconds)


def _all_stats() -> Iterator[tuple[int, _Stat]]:
    for entry in PROC.iterdir():
        if entry.name.isdecimal() and (stat := _stat(int(entry.name))):
            yield int(entry.name), stat


def _stat(pid: int) -> _Stat | None:
    try:
        text = (PROC / str(pid) / "stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(b")")[2].split()
    dead = fields[_STATE] in {b"Z", b"X"}
    return _Stat(dead, int(fields[_SESSION]), int(fields[_START]))


def works_in(pid: int, folder: Path) -> bool:
    """Whether a process has a folder as its working directory; False where it cannot be seen."""
    try:
        return (PROC / str(pid) / "cwd").readlink() == folder
    except OSError:
        return False


def _command_line(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""

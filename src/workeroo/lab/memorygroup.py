"""Can a lab's Odoo be held in a control group whose memory limit is moved while it runs?

Below the group in which this process is, so that whatever bounds this process bounds the lab too;
by the tree of version 1, the only one that lets a group have processes and groups below it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workeroo.errors import Unavailable
from workeroo.facts import cgroup
from workeroo.lab.lab import Lab
from workeroo.lab.wait import wait_until

ENTER = 'echo $$ > "$0"/cgroup.procs && exec "$@"'
"""A shell's way to start a program in a group."""

EMPTY_SECONDS = 60.0
"""For the processes of a server that was stopped to be gone."""


class MemoryGroup:
    """One group.

    Attributes:
        folder: where the kernel shows it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def restart(self, lab: Lab) -> None:
        """Start a lab's Odoo anew, in this group; PostgreSQL and nginx stay where they are.

        Raises:
            Unavailable: when it does not start.
        """
        workeroo = [sys.executable, "-m", "workeroo", "lab", "restart", "--name", lab.name]
        command = ["/bin/sh", "-c", ENTER, str(self.folder), *workeroo]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise Unavailable(done.stderr.strip(), where=str(self.folder))

    def limit(self, size_bytes: int) -> bool:
        """Move the limit; False when the group cannot be brought below it."""
        try:
            (self.folder / "memory.limit_in_bytes").write_text(str(size_bytes), encoding="ascii")
        except OSError:
            return False
        return True

    @property
    def used_bytes(self) -> int:
        """What is charged to it, less what the kernel gives back as soon as it is asked."""
        inactive = cgroup.stat_value(self._text("memory.stat"), "total_inactive_file")
        return int(self._text("memory.usage_in_bytes")) - (inactive or 0)

    @property
    def kills(self) -> int:
        """How many processes the kernel ended in it for want of memory."""
        return cgroup.stat_value(self._text("memory.oom_control"), "oom_kill") or 0

    @property
    def is_empty(self) -> bool:
        """Whether no process is in it."""
        return not self._text("cgroup.procs").strip()

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="ascii")


@contextmanager
def memory_group(name: str) -> Iterator[MemoryGroup]:
    """A group for the length of a block, at whose end nothing may run in it.

    Raises:
        Unavailable: when this process may not make one.
    """
    folder = _own() / name
    try:
        folder.mkdir()
    except OSError as error:
        told = error.strerror or "it cannot be made"
        raise Unavailable(
            f"there is no memory group to be had: {told}", where=str(folder)
        ) from error
    group = MemoryGroup(folder)
    try:
        yield group
    finally:
        wait_until(lambda: group.is_empty, seconds=EMPTY_SECONDS, what="the end of its processes")
        folder.rmdir()


def _own() -> Path:
    """The memory group of this process."""
    text = Path("/proc/self/cgroup").read_text(encoding="ascii")
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    levels = cgroup.levels("memory", cgroup.membership(text), cgroup.mounts(mounts), 1)
    if not isinstance(levels, list):
        raise Unavailable("this process is in no memory group of version 1")
    return Path(levels[0])

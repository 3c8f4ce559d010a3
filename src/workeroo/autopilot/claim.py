"""Is this the only autopilot of a master?

The claim is a lock on the master's own folder in /proc: it needs no file and no right to write
anywhere, it ends with the process that holds it, and another process with the same pid later has
another folder.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workeroo.errors import Unavailable


@contextmanager
def claimed(master_pid: int, proc: Path = Path("/proc")) -> Iterator[None]:
    """Hold the claim.

    Raises:
        Unavailable: when another process holds it, or the master is not there.
    """
    try:
        folder = os.open(proc / str(master_pid), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise Unavailable(f"there is no process {master_pid}") from error
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unavailable(
                f"another autopilot holds the server with pid {master_pid}",
                cure="end that one first; `workeroo autopilot status` tells of it",
            ) from error
        yield
    finally:
        os.close(folder)

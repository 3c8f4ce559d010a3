"""How do two commands keep out of each other's way?

A lock on a file, which the kernel drops when its holder dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workeroo.lab.folder import make_open
from workeroo.progress import Progress


@contextmanager
def locked(path: Path, progress: Progress) -> Iterator[None]:
    """Hold a lock file; wait, and say so, while another command holds it."""
    make_open(path.parent)
    descriptor = _acquire(path, progress)
    try:
        yield
    finally:
        os.close(descriptor)


def _acquire(path: Path, progress: Progress) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step(f"waiting for another command that holds {path}"):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _same_file(path, descriptor):
            return descriptor
        os.close(descriptor)  # its last holder removed it: take the one that stands there now


def _same_file(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False

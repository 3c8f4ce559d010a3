"""How is a log file read on all cores?

It is cut in parts in front of lines with a prefix; each part is read by a process of its own, and
the parts are merged in their order. So every line is read once, and no traceback is torn off its
line.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from workeroo.workload.scan import BLOCK_BYTES, Scanned, next_header, scan_blocks

PART_BYTES = 32 * 1024**2
"""Small enough that all processes end together and progress is seen; large against a start."""

_WINDOW_BYTES = 1024**2
_OVERLAP_BYTES = 64
"""A prefix is shorter: one that lies across two windows is found in the second."""

Progress = Callable[[int], None]
"""Is told how many bytes more have been read."""


def scan_file(
    path: str | Path,
    *,
    start: int = 0,
    stop: int | None = None,
    jobs: int | None = None,
    on_progress: Progress | None = None,
) -> Scanned:
    """Read a plain log file, or a range of its bytes.

    Args:
        path: of a file that is there and may be read.
        start: first byte to read, the beginning of a line.
        stop: behind the last byte; None for all that is there now.
        jobs: how many processes; None for as many as there are cores for us.
        on_progress: told as parts are done.
    """
    size = Path(path).stat().st_size
    end = size if stop is None else min(stop, size)
    parts = list(_parts(str(path), start, end))
    count = min(jobs or len(os.sched_getaffinity(0)), len(parts))
    whole = Scanned()
    for (low, high), part in zip(parts, _read(str(path), parts, count), strict=True):
        whole.absorb(part)
        if on_progress is not None:
            on_progress(high - low)
    return whole


def _read(path: str, parts: list[tuple[int, int]], count: int) -> Iterator[Scanned]:
    work = [(path, low, high) for low, high in parts]
    if count <= 1:
        yield from map(_scan_part, work)
        return
    # Forked, not spawned: a fresh interpreter would import NumPy again in every process.
    with multiprocessing.get_context("fork").Pool(count) as pool:
        yield from pool.imap(_scan_part, work)


def _scan_part(work: tuple[str, int, int]) -> Scanned:
    path, start, stop = work
    return scan_blocks(_blocks(path, start, stop))


def _blocks(path: str, start: int, stop: int) -> Iterator[bytes]:
    with Path(path).open("rb", buffering=0) as file:
        file.seek(start)
        left = stop - start
        while left > 0 and (block := file.read(min(left, BLOCK_BYTES))):
            left -= len(block)
            yield block


def _parts(path: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Ranges that begin with a line with a prefix, but for the first one."""
    low = start
    with Path(path).open("rb", buffering=0) as file:
        while low < stop:
            high = _next_line(file.fileno(), min(low + PART_BYTES, stop), stop)
            yield low, high
            low = high


def _next_line(file: int, at: int, stop: int) -> int:
    """Where the first line with a prefix begins at or behind a place."""
    while at < stop:
        window = os.pread(file, _WINDOW_BYTES, max(at - 1, 0))
        found = next_header(window, min(at, 1))
        if found is not None:
            return min(max(at - 1, 0) + found, stop)
        if len(window) < _WINDOW_BYTES:
            break
        at += len(window) - _OVERLAP_BYTES
    return stop

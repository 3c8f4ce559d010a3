"""What do the logs say that were opened, all of them together?"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator

from workeroo.probe.logpack import BLOCK_BYTES
from workeroo.probe.logs import Log, OnRead
from workeroo.probe.logscan import scan_file
from workeroo.probe.logseries import series_of
from workeroo.workload.scan import Scanned, scan_blocks

BLOCKS_AHEAD = 4
"""Blocks that are unpacked while others are scanned: both let go of Python's lock."""


def read_logs(logs: Iterable[Log], jobs: int | None, on_read: OnRead) -> Scanned:
    """Scan logs in their order; what goes wrong on the way is put into their `faults`.

    Args:
        logs: as `open_logs` gives them.
        jobs: processes for a plain file; None for one on each core.
        on_read: told how many bytes more were read, as they lie on the disk.
    """
    whole = Scanned()
    for log in logs:
        whole.absorb(read_log(log, jobs, on_read), series_of(log.name))
    return whole


def read_log(log: Log, jobs: int | None, on_read: OnRead) -> Scanned:
    """Scan one log."""
    try:
        if log.path is None or log.span_bytes is None:
            return scan_blocks(ahead(gathered(log.blocks(on_read))))
        start, stop = log.span_bytes
        return scan_file(log.path, start=start, stop=stop, jobs=jobs, on_progress=on_read)
    except OSError as error:  # it was there when it was opened
        log.faults.append(f"it can no longer be read: {error.strerror or error}")
        return Scanned()


def gathered(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer blocks: what is scanned in small ones takes twice as long."""
    waiting: list[bytes] = []
    size = 0
    for block in blocks:
        waiting.append(block)
        size += len(block)
        if size >= BLOCK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks, made by a thread of their own."""
    ready: queue.Queue[bytes | Exception | None] = queue.Queue(BLOCKS_AHEAD)
    threading.Thread(target=_make, args=(blocks, ready), daemon=True).start()
    while (block := ready.get()) is not None:
        if isinstance(block, Exception):
            raise block
        yield block


def _make(blocks: Iterator[bytes], ready: queue.Queue[bytes | Exception | None]) -> None:
    try:
        for block in blocks:
            ready.put(block)
        ready.put(None)
    except Exception as error:  # noqa: BLE001 - raised again where the blocks are used
        ready.put(error)

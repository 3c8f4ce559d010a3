"""How is something dear looked at as often as it may cost, and no more?

What it costs depends on the host: a list of sockets takes a fifth of a millisecond where the
processor is free, and ten times that where others push it out of the caches.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Paced:
    """Allows something so often that it takes at most a share of one core.

    Args:
        share: of one core.
        least_seconds: between two times, however quick it is.

    Attributes:
        share: as given; another may be set.
    """

    def __init__(self, share: float, least_seconds: float = 0.0) -> None:
        self.share = share
        self._least_seconds = least_seconds
        self._due_at = float("-inf")

    def due(self, now: float) -> bool:
        """Whether the last time has been paid for; `now` is of a monotonic clock."""
        return now >= self._due_at

    @contextmanager
    def taken(self, now: float) -> Iterator[None]:
        """Measure what it takes this time."""
        began = time.thread_time()
        yield
        used_seconds = time.thread_time() - began
        self._due_at = now + max(self._least_seconds, used_seconds / self.share)

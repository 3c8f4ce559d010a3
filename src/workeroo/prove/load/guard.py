"""Must a load stop now, whatever was asked for?"""

from __future__ import annotations

from collections import deque

from workeroo.prove.load.order import Bounds


class Guard:
    """Watches the last requests, one after another."""

    __slots__ = ("_bounds", "_failed", "_last")

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._last: deque[bool] = deque(maxlen=max(bounds.failure_window, 1))
        self._failed = 0

    def see(self, *, failed: bool) -> str | None:
        """Take note of one request; why the load must stop at once, or None."""
        last = self._last
        if len(last) == last.maxlen:
            self._failed -= last[0]
        last.append(failed)
        self._failed += failed
        if len(last) == last.maxlen and self._failed > self._bounds.failure_share * len(last):
            return (
                f"{self._failed} of the last {len(last)} requests failed, more than "
                f"{self._bounds.failure_share:.0%}"
            )
        return None

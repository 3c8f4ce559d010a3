"""How much memory does each worker really cost, looked at so seldom that it costs nothing?

The kernel walks every page of a process to tell its proportional share: some milliseconds for a
worker. So one worker is looked at in turn, and then there is rest by how long that took.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

_SHARE = 0.001
"""Of one core that may go into it: a worker of 2 ms every 2 s, twenty of them in 40 s."""

_LEAST_SECONDS = 0.2
"""Rest at least so long, however quick it was."""


class Weighed(Protocol):
    """What can be looked at."""

    pss_at_seconds: float

    def weigh(self, now: float) -> None:
        """Look at its memory."""


class PssRound:
    """Takes one process at each step that is due, the one that was looked at longest ago first."""

    def __init__(self, share: float = _SHARE) -> None:
        self._share = share
        self._due_at = float("-inf")

    def step(self, now: float, processes: Sequence[Weighed]) -> None:
        """Look at one process where the last has been paid for."""
        if now < self._due_at or not processes:
            return
        began = time.thread_time()
        min(processes, key=lambda process: process.pss_at_seconds).weigh(now)
        used_seconds = time.thread_time() - began
        self._due_at = now + max(_LEAST_SECONDS, used_seconds / self._share)

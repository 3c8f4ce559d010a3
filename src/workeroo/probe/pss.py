"""How much memory does each worker really cost, looked at so seldom that it costs nothing?

The kernel walks every page of a process to tell its proportional share: some milliseconds for a
worker. So one is looked at in turn, and then there is rest by how long that took.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workeroo.probe.paced import Paced

_SHARE = 0.0003
"""Of one core that may go into it: a worker of 1 ms every 3 s, twenty of them in a minute."""

_LEAST_SECONDS = 0.2
"""Between two, so that twenty workers are not all looked at in one moment where it is cheap."""


class Weighed(Protocol):
    """What can be looked at."""

    pss_at_seconds: float

    def weigh(self, now: float) -> None:
        """Look at its memory."""


class PssRound:
    """Takes one process where one is due: the one that was looked at longest ago."""

    def __init__(self, share: float = _SHARE) -> None:
        self._paced = Paced(share, _LEAST_SECONDS)

    def step(self, now: float, processes: Sequence[Weighed]) -> None:
        """Look at one process where the last has been paid for."""
        if processes and self._paced.due(now):
            with self._paced.taken(now):
                min(processes, key=lambda process: process.pss_at_seconds).weigh(now)

"""How does the lab wait? On a condition, never on time alone, and never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

from workeroo.errors import Unavailable

PAUSE_SECONDS = 0.05
"""Between two looks: short against every start (1 s and more), long against a look (1 ms)."""


def wait_until(
    condition: Callable[[], bool], *, seconds: float, what: str, where: str | None = None
) -> None:
    """Return as soon as the condition holds.

    Raises:
        Unavailable: when it does not hold after so many seconds.
    """
    if not holds_within(condition, seconds):
        raise Unavailable(f"{what} did not happen within {seconds:.0f} s", where=where)


def holds_within(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition comes to hold within so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_SECONDS)
    return True

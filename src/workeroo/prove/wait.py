"""How does a proof wait? On a condition, and never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.05
"""Between two looks."""


def holds_within(
    condition: Callable[[], bool], seconds: float, pause_seconds: float = PAUSE_SECONDS
) -> bool:
    """Whether the condition comes to hold within so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause_seconds)
    return True

"""How long ago was an entry written, whatever became of the clock on the wall since?"""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from workeroo.autopilot.product import Entry

BOOT = Path("/proc/sys/kernel/random/boot_id")

BOOT_LETTERS = 8
"""Of its name: enough to tell one boot of a host from the others."""


class Moment(msgspec.Struct, frozen=True):
    """Now, by both clocks.

    Attributes:
        boot: since which the monotonic clock runs; "" where that is not seen.
    """

    unix_seconds: float
    monotonic_seconds: float
    boot: str

    def since(self, entry: Entry) -> float:
        """The age of an entry in seconds: by the clock that nobody sets, within one boot."""
        if entry.boot and entry.boot == self.boot:
            return max(0.0, self.monotonic_seconds - entry.at_seconds)
        return max(0.0, self.unix_seconds - entry.unix_seconds)


def this_moment(boot: Path = BOOT) -> Moment:
    """Now."""
    return Moment(time.time(), time.monotonic(), this_boot(boot))


def this_boot(boot: Path = BOOT) -> str:
    """Which boot of the host this is; "" where that is hidden."""
    try:
        return boot.read_text(encoding="utf-8")[:BOOT_LETTERS]
    except OSError:
        return ""

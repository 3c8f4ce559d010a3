"""How does a process stand right now: is it the one that was meant, and can it take a signal?"""

from __future__ import annotations

import signal
from pathlib import Path

import msgspec

from workeroo.facts import procstat

PROC = Path("/proc")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One process as /proc tells of it.

    Attributes:
        start_ticks: when it began, in clock ticks since boot.
        state: R, S, D: it runs or waits; T, t: a signal or a debugger holds it; Z, X: it ended.
        caught, pending: masks of the signals that it handles itself, and that wait for it.
    """

    pid: int
    parent_pid: int
    start_ticks: int
    state: str
    caught: int
    pending: int

    def handles(self, number: signal.Signals) -> bool:
        """Whether it has a handler: without one, SIGTTIN and SIGTTOU would stop it."""
        return bool(self.caught & _bit(number))

    @property
    def is_stopped(self) -> bool:
        """Whether a signal holds it; SIGCONT throws waiting SIGTTIN and SIGTTOU away."""
        return self.state in "Tt"

    @property
    def waits_for_signals(self) -> bool:
        """Whether a signal waits for it: another now might be merged with it or crowd it out.

        News of ended children do not count: Odoo's master takes any number of them.
        """
        return bool(self.pending & ~_bit(signal.SIGCHLD))

    @property
    def is_at_rest(self) -> bool:
        """Whether it sleeps and has taken every signal that it was sent."""
        return self.state == "S" and not self.waits_for_signals


def standing(pid: int, proc: Path = PROC) -> Standing | None:
    """How a process stands; None when it has gone."""
    try:
        stat = procstat.stat(
            (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        )
        told = procstat.status(
            (proc / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
        )
    except OSError:
        return None
    pending = int(told.get("SigPnd", "0"), 16) | int(told.get("ShdPnd", "0"), 16)
    return Standing(
        pid=pid,
        parent_pid=stat.parent_pid,
        start_ticks=round(stat.started_after_boot_seconds * procstat.TICKS_PER_SECOND),
        state=stat.state,
        caught=int(told.get("SigCgt", "0"), 16),
        pending=pending,
    )


def _bit(number: signal.Signals) -> int:
    """Of a mask: signal n is bit n - 1."""
    return 1 << (number - 1)

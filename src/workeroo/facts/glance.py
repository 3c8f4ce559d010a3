"""What does one line of /proc/PID/stat say, read five times a second for every worker?

`procstat.stat` reads the same file once, into a product. Here a tuple is all, because this is where
the watch spends its time.
"""

from __future__ import annotations

from typing import NamedTuple

from workeroo.errors import InputError
from workeroo.facts.procstat import TICKS_PER_SECOND

_SIGINT, _SIGTTIN, _SIGXCPU = 1 << 1, 1 << 20, 1 << 23
"""Bits of a mask of signals: signal n is bit n - 1; 2, 21 and 24 on x86 and ARM (signal(7))."""

_FIELDS = 46
"""That are read, from the state on; Linux 3.5 and later write 50."""


class Glance(NamedTuple):
    """One process at one moment.

    Attributes:
        state: R, S, D: it runs or waits; T, t: a signal or a debugger holds it; Z, X: it ended.
        cpu_seconds: user and system time, that of its ended children included.
        start_ticks: when it began, in clock ticks since boot.
        caught: the mask of signals that it handles itself.
        image: where its arguments lie in memory: another place after an exec; 0 where this user
            may not see that.
    """

    state: str
    parent_pid: int
    cpu_seconds: float
    nice: int
    threads: int
    start_ticks: int
    vms_bytes: int
    rss_pages: int
    caught: int
    image: int

    @property
    def gone(self) -> bool:
        """Whether it has ended, and at most waits to be reaped."""
        return self.state in "ZX"

    @property
    def stopped(self) -> bool:
        """Whether a signal holds it."""
        return self.state in "Tt"

    @property
    def handles_workers(self) -> bool:
        """Whether it handles signals as the master does.

        Odoo's master handles SIGTTIN, in every series. A worker has that from its fork on, until it
        sets its own signals, which is the last that it does before it takes requests.
        """
        return bool(self.caught & _SIGTTIN)

    @property
    def leaves(self) -> bool:
        """Whether it has given its handlers back, as Python does first when it ends.

        That takes seconds where cores are scarce, and it holds no connection any more.
        """
        return not self.caught & _SIGINT

    @property
    def handles_its_own_limit(self) -> bool:
        """Whether it handles SIGXCPU: a worker or a threaded server does, a master does not."""
        return bool(self.caught & _SIGXCPU)


def glance(data: bytes) -> Glance:
    """Read /proc/PID/stat.

    Raises:
        InputError: when it is cut.
    """
    fields = data[data.rfind(b")") + 2 :].split(None, _FIELDS)
    if len(fields) < _FIELDS:
        raise InputError("this is no whole line of /proc/PID/stat")
    try:
        # The numbers are those of proc(5) less three: pid and command stand before.
        return Glance(
            fields[0].decode("ascii", "replace"),
            int(fields[1]),
            (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14]))
            / TICKS_PER_SECOND,
            int(fields[16]),
            int(fields[17]),
            int(fields[19]),
            int(fields[20]),
            int(fields[21]),
            int(fields[31]),
            int(fields[45]),
        )
    except ValueError as error:
        raise InputError("this is no line of /proc/PID/stat") from error

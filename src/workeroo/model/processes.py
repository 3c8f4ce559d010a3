"""How many processes does a setting make?

`workers` counts HTTP workers only. Cron workers, the evented process and the master come on top of
it, in every series.
"""

from __future__ import annotations

import msgspec


class Processes(msgspec.Struct, frozen=True, kw_only=True):
    """The processes of one Odoo by part; a threaded server is one process and nothing else."""

    http_workers: int = 0
    cron_workers: int = 0
    evented: int = 0
    master: int = 0
    threaded: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        workers = self.http_workers + self.cron_workers
        return workers + self.evented + self.master + self.threaded

    @property
    def text(self) -> str:
        """The sum as a person would write it: "9 HTTP + 1 cron + 1 evented + 1 master = 12"."""
        if self.threaded:
            return "1 threaded server"
        parts = [
            (self.http_workers, "HTTP"),
            (self.cron_workers, "cron"),
            (self.evented, "evented"),
            (self.master, "master"),
        ]
        return " + ".join(f"{n} {name}" for n, name in parts if n) + f" = {self.total}"


def processes(workers: int, max_cron_threads: int, *, http_enable: bool = True) -> Processes:
    """The processes that Odoo makes of these settings.

    Args:
        workers: 0 makes a threaded server, whose cron threads are no processes. A negative number
            makes a prefork server without HTTP workers.
        max_cron_threads: cron workers of a prefork server.
        http_enable: False leaves out HTTP workers and the evented process.
    """
    if workers == 0:
        return Processes(threaded=1)
    return Processes(
        http_workers=max(workers, 0) if http_enable else 0,
        cron_workers=max(max_cron_threads, 0),
        evented=1 if http_enable else 0,
        master=1,
    )

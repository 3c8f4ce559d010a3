"""Which lines tell that a process had no memory left, or was killed for it?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_KERNEL = r"^(?:\[[^\]]*\] |[^'\"]*\bkernel: (?:\[[^\]]*\] )?)?"
"""How lines of the kernel begin, in dmesg, syslog and the journal."""

LINES = [
    LogLine(
        name="memory-error",
        anchor="MemoryError",
        pattern=r"^(?:[\w.]+\.)?_?(?:Array)?MemoryError\b",
        first=12,
        meaning="An allocation failed: the process is at limit_memory_hard.",
        source="Python, at the RLIMIT_AS that odoo/service/server.py sets",
    ),
    LogLine(
        name="evented-memory-limit",
        anchor="virtual memory limit reached: ",
        pattern=r"^(?:LongPolling|Gevent) virtual memory limit reached: (?P<bytes>\d{1,18})",
        logger="odoo.service.server",
        level="WARNING",
        first=12,
        meaning="The evented process had more address space than its soft limit and ends itself; "
        "every open websocket drops.",
        source="odoo/service/server.py: GeventServer.process_limits",
    ),
    LogLine(
        name="oom-killed",
        anchor="ut of memory: Kill",
        pattern=_KERNEL + r"(?:Memory cgroup out|Out) of memory: Kill(?:ed)? process "
        r"(?P<pid>\d{1,18}) \((?P<program>[^)]+)\)"
        r"(?:.*?anon-rss:(?P<rss_kib>\d{1,18})kB)?",
        first=12,
        meaning="The kernel had no memory left, on the host or in the container, and killed a "
        "process.",
        source="kernel: mm/oom_kill.c, oom_kill_process",
    ),
    LogLine(
        name="oom-constraint",
        anchor="oom-kill:constraint=",
        pattern=_KERNEL + r"oom-kill:constraint=(?P<constraint>\w+).*\btask=(?P<program>[^,]+),"
        r"pid=(?P<pid>\d{1,18})",
        first=12,
        meaning="Where the kernel ran out of memory: the whole host (CONSTRAINT_NONE) or a "
        "container (CONSTRAINT_MEMCG).",
        source="kernel: mm/oom_kill.c, dump_oom_summary",
    ),
    LogLine(
        name="oom-result",
        anchor="Failed with result 'oom-kill'",
        pattern=r"^(?:[^'\"]* systemd\[\d+\]: )?(?P<unit>[\w@.:\\-]+): "
        r"Failed with result 'oom-kill'",
        first=12,
        meaning="systemd calls a service failed because the kernel killed one of its processes.",
        source="systemd: src/core/unit.c",
    ),
    LogLine(
        name="oom-unit",
        anchor="has been killed by the OOM killer",
        pattern=r"^(?:[^'\"]* systemd\[\d+\]: )?(?P<unit>[\w@.:\\-]+): "
        r"A process of this unit has been killed by the OOM killer",
        first=12,
        meaning="systemd saw that the kernel killed a process of a service.",
        source="systemd: src/core/unit.c",
    ),
]

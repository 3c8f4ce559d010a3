"""Which lines tell that a worker of the prefork server ran into one of its limits?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_SERVER = "odoo.service.server"

LINES = [
    LogLine(
        name="soft-memory-limit",
        anchor="virtual memory limit (",
        pattern=r"^Worker \((?P<pid>\d{1,18})\) "
        r"virtual memory limit \((?P<bytes>\d{1,18})\) reached",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="A worker had more address space than limit_memory_soft and leaves; the number "
        "is what it had, not the limit.",
        source="odoo/service/server.py: Worker.check_limits",
    ),
    LogLine(
        name="request-limit",
        anchor=") max request (",
        pattern=r"^Worker \((?P<pid>\d{1,18})\) max request \((?P<requests>\d{1,18})\) reached",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="A worker has served limit_request requests and leaves.",
        source="odoo/service/server.py: Worker.check_limits",
    ),
    LogLine(
        name="cpu-limit",
        anchor=") CPU time limit (",
        pattern=r"^Worker \((?P<pid>\d{1,18})\) CPU time limit \((?P<limit>\d{1,18})\) reached",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="A worker burnt limit_time_cpu seconds in one piece of work; it exits in the "
        "middle of it.",
        source="odoo/service/server.py: Worker.signal_time_expired_handler",
    ),
    LogLine(
        name="cpu-limit-traceback",
        anchor="Exception: CPU time limit exceeded",
        pattern=r"^Exception: CPU time limit exceeded",
        first=12,
        meaning="The traceback with which a worker exits at the CPU limit; an ERROR, so it is "
        "there where the level hides the line above.",
        source="odoo/service/server.py: Worker.signal_time_expired_handler",
    ),
    LogLine(
        name="worker-timeout",
        anchor=") timeout after ",
        pattern=r"^(?P<part>Worker\w*) \((?P<pid>\d{1,18})\) timeout after (?P<limit>\d{1,18})s",
        logger=_SERVER,
        level="ERROR",
        first=12,
        meaning="The master kills a worker that gave no sign of life for limit_time_real "
        "(or limit_time_real_cron) seconds.",
        source="odoo/service/server.py: PreforkServer.process_timeout",
    ),
]

"""Which lines tell of the life of a worker: born, served, gone?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_SERVER = "odoo.service.server"

LINES = [
    LogLine(
        name="worker-alive",
        anchor=") alive",
        pattern=r"^Worker (?P<part>Worker\w+) \((?P<pid>\d{1,18})\) alive",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="A worker was forked and begins to serve.",
        source="odoo/service/server.py: Worker.start",
    ),
    LogLine(
        name="worker-exit",
        anchor=") exiting. request_count",
        pattern=r"^Worker \((?P<pid>\d{1,18})\) exiting\. request_count: (?P<requests>\d{1,18}), "
        r"registry count: (?P<registries>\d{1,18})",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="A worker leaves by itself, and says how much it has served.",
        source="odoo/service/server.py: Worker.run",
    ),
]

"""Which lines only a threaded server writes, and which show what threads are busy with?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_SERVER = "odoo.service.server"

LINES = [
    LogLine(
        name="threaded-memory-limit",
        anchor="Server memory limit (",
        pattern=r"^Server memory limit \((?P<bytes>\d{1,18})\) reached",
        logger=_SERVER,
        first=12,
        meaning="A threaded server had more address space than limit_memory_soft: all of it "
        "restarts. INFO up to 13, WARNING from 14.",
        source="odoo/service/server.py: ThreadedServer.process_limit",
    ),
    LogLine(
        name="threaded-time-limit",
        anchor=" virtual real time limit (",
        pattern=r"^Thread (?P<thread>.+?) virtual real time limit "
        r"\((?P<seconds>\d{1,18})/(?P<limit>\d{1,18})s\) reached",
        logger=_SERVER,
        first=12,
        meaning="A thread works for longer than limit_time_real: the whole threaded server "
        "restarts for it. INFO up to 13, WARNING from 14.",
        source="odoo/service/server.py: ThreadedServer.process_limit",
    ),
    LogLine(
        name="threaded-reload",
        anchor="Initiating server reload",
        pattern=r"^Initiating server reload",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="A threaded server restarts itself, at a limit or because it was asked to.",
        source="odoo/service/server.py: ThreadedServer.stop",
    ),
    LogLine(
        name="threaded-stop",
        anchor="Initiating shutdown",
        pattern=r"^Initiating shutdown",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="A threaded server stops because it was asked to.",
        source="odoo/service/server.py: ThreadedServer.stop",
    ),
    LogLine(
        name="stack-dump",
        anchor="# Thread: ",
        pattern=r"^# Thread: (?P<thread>.+?) \(db:(?P<db>(?!n/a)[^)]*)\) \(uid:(?P<uid>[^)]*)\)"
        r"(?: \(url:(?P<url>[^)]*)\))?",
        logger="odoo.tools",
        first=12,
        meaning="What a thread of this process was doing, for which user of which database; "
        "asked for by SIGQUIT, or before a threaded server restarts.",
        source="odoo/tools/misc.py: dumpstacks",
    ),
]

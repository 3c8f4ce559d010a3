"""Which lines tell how a server starts, stops, listens and talks to its clients?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_SERVER = "odoo.service.server"

LINES = [
    LogLine(
        name="version",
        anchor="Odoo version ",
        pattern=r"^Odoo version (?P<version>\S{1,40})",
        logger="odoo",
        level="INFO",
        first=12,
        meaning="A process starts: a master, or the evented process that it started.",
        source="odoo/cli/server.py: report_configuration",
    ),
    LogLine(
        name="http-running",
        anchor="HTTP service (werkzeug) running",
        pattern=r"^HTTP service \(werkzeug\) running (?:on (?P<address>\S+)"
        r"|through socket activation)",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="A server has come as far as its port: once for each start.",
        source="odoo/service/server.py: PreforkServer.start, ThreadedServer.http_spawn",
    ),
    LogLine(
        name="evented-running",
        anchor="Evented Service (longpolling) running on",
        pattern=r"^Evented Service \(longpolling\) running on (?P<address>\S+)",
        logger=_SERVER,
        level="INFO",
        first=12,
        meaning="The evented process is up; only a prefork server has one.",
        source="odoo/service/server.py: GeventServer.start",
    ),
    LogLine(
        name="stop-asked",
        anchor="Stopping gracefully",
        pattern=r"^Stopping gracefully",
        logger=_SERVER,
        level="INFO",
        first=12,
        last=18,
        meaning="Somebody asked the prefork server to stop.",
        source="odoo/service/server.py: PreforkServer.stop",
    ),
    LogLine(
        name="stop-asked",
        anchor="Stopping workers gracefully",
        pattern=r"^Stopping workers gracefully",
        logger=_SERVER,
        level="INFO",
        first=19,
        meaning="Somebody asked the prefork server to stop, or to reload.",
        source="odoo/service/server.py: PreforkServer.stop_workers_gracefully",
    ),
    LogLine(
        name="reload-asked",
        anchor="Reloading server",
        pattern=r"^Reloading server",
        logger=_SERVER,
        level="INFO",
        first=19,
        meaning="Somebody asked the prefork server to reload: a new one starts beside the old.",
        source="odoo/service/server.py: PreforkServer.fork_and_reload",
    ),
    LogLine(
        name="port-in-use",
        anchor="Address already in use",
        pattern=r"^(?:[\w.]+: )?(?:\[Errno \d+\] )?Address already in use"
        r"(?:: \('(?P<address>[^']*)', (?P<port>\d{1,18})\))?",
        first=12,
        meaning="Another process has the port that this one wants to listen on.",
        source="Python's OSError 98 (EADDRINUSE) from socket.bind; werkzeug says it without one",
    ),
    LogLine(
        name="disk-full",
        anchor="No space left on device",
        pattern=r"^(?:[\w.]+: )?(?:\[Errno \d+\] )?(?:could not [^']*: )?"
        r"No space left on device(?:: '(?P<path>[^']+)')?",
        first=12,
        meaning="A file could not be written, by Odoo or by PostgreSQL.",
        source="errno 28 (ENOSPC), as Python and PostgreSQL write it",
    ),
    LogLine(
        name="disk-full",
        anchor="Disk quota exceeded",
        pattern=r"^(?:[\w.]+: )?(?:\[Errno \d+\] )?Disk quota exceeded(?:: '(?P<path>[^']+)')?",
        first=12,
        meaning="The user's share of the disk is used up.",
        source="errno 122 (EDQUOT), as Python writes it",
    ),
    LogLine(
        name="client-timeout",
        anchor="Request timed out: ",
        pattern=r"^(?P<client>\S+) - - \[[^\]]*\] Request timed out: (?P<error>\w+)",
        logger="werkzeug",
        first=12,
        meaning="A client held a worker for the 2 s of the socket's timeout and sent nothing.",
        source="Python's http.server: BaseHTTPRequestHandler.handle_one_request",
    ),
    LogLine(
        name="client-cut",
        anchor="Exception happened during processing of request from",
        pattern=r"^Exception happened during processing of request from "
        r"\('(?P<client>[^']*)', \d+",
        logger=_SERVER,
        level="ERROR",
        first=12,
        meaning="A connection to a client broke while a worker read or wrote.",
        source="odoo/service/server.py: LoggingBaseWSGIServerMixIn.handle_error",
    ),
]

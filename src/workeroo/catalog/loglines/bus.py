"""Which lines tell that chat and live updates came to a worker that cannot hold them?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

LINES = [
    LogLine(
        name="websocket-unbound",
        anchor="Couldn't bind the websocket",
        pattern=r"^(?:\w+: )?Couldn't bind the websocket\."
        r"(?:.*evented port \((?P<port>\d{1,18})\))?",
        first=16,
        meaning="A websocket came to an HTTP worker instead of the evented process.",
        source="odoo/addons/bus/websocket.py: WebsocketConnectionHandler.open_connection",
    ),
    LogLine(
        name="websocket-no-socket",
        anchor="KeyError: 'socket'",
        pattern=r"^KeyError: 'socket'",
        first=16,
        meaning="The same, in the early 16.0 that says no more than this.",
        source="odoo/addons/bus/websocket.py: WebsocketConnectionHandler.open_connection",
    ),
    LogLine(
        name="bus-unavailable",
        anchor="bus.Bus unavailable",
        pattern=r"^(?:\w+: )?bus\.Bus unavailable",
        first=12,
        last=15,
        meaning="A poll came to an HTTP worker instead of the evented process.",
        source="odoo/addons/bus/controllers/main.py: poll",
    ),
]

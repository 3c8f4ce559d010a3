"""What sets Odoo 18 apart? Read in public forks of February to November 2025."""

from __future__ import annotations

from workeroo.catalog.product import Series

SERIES = Series(
    number=18,
    bus_route="/websocket",
    evented_port_option="gevent_port",
    parser="optparse",
    reads_environment=False,
    warns_unknown_options=False,
    socket_activation=False,
    graceful_reload=False,
)

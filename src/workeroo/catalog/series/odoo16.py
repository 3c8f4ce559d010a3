"""What sets Odoo 16 apart? Read in a public fork of October 2023."""

from __future__ import annotations

from workeroo.catalog.product import Series

SERIES = Series(
    number=16,
    bus_route="/websocket",
    evented_port_option="gevent_port",
    parser="optparse",
    reads_environment=False,
    warns_unknown_options=False,
    socket_activation=False,
    graceful_reload=False,
)

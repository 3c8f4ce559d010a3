"""What sets Odoo 19 apart? Read in Debian's package 19.0.0+dfsg-1."""

from __future__ import annotations

from workeroo.catalog.product import Series

SERIES = Series(
    number=19,
    bus_route="/websocket",
    evented_port_option="gevent_port",
    parser="strict",
    reads_environment=True,
    warns_unknown_options=True,
    socket_activation=True,
    graceful_reload=True,
    python="3.10 to 3.13",
)

"""What sets Odoo 17 apart? Read in two public forks, the later of April 2025."""

from __future__ import annotations

from workeroo.catalog.product import Series

SERIES = Series(
    number=17,
    bus_route="/websocket",
    evented_port_option="gevent_port",
    parser="optparse",
    reads_environment=False,
    warns_unknown_options=False,
    socket_activation=False,
    graceful_reload=False,
)

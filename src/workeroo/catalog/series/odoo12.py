"""What sets Odoo 12 apart? Read in a public fork of August 2019."""

from __future__ import annotations

from workeroo.catalog.product import Series

SERIES = Series(
    number=12,
    bus_route="/longpolling",
    evented_port_option="longpolling_port",
    parser="optparse",
    reads_environment=False,
    warns_unknown_options=False,
    socket_activation=False,
    graceful_reload=False,
)

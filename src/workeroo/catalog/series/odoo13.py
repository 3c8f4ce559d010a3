"""What sets Odoo 13 apart? Read in a public fork of February 2020."""

from __future__ import annotations

from workeroo.catalog.product import Series

SERIES = Series(
    number=13,
    bus_route="/longpolling",
    evented_port_option="longpolling_port",
    parser="optparse",
    reads_environment=False,
    warns_unknown_options=False,
    socket_activation=False,
    graceful_reload=False,
)

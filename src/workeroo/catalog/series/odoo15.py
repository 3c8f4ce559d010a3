"""What sets Odoo 15 apart? Read in two public forks of 2024."""

from __future__ import annotations

from workeroo.catalog.product import Series

SERIES = Series(
    number=15,
    bus_route="/longpolling",
    evented_port_option="longpolling_port",
    parser="optparse",
    reads_environment=False,
    warns_unknown_options=False,
    socket_activation=False,
    graceful_reload=False,
)

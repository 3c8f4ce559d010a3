"""What sets Odoo 14 apart? Read in Debian's package 14.0.0+dfsg.2-7+deb11u2."""

from __future__ import annotations

from workeroo.catalog.product import Series

SERIES = Series(
    number=14,
    bus_route="/longpolling",
    evented_port_option="longpolling_port",
    parser="optparse",
    reads_environment=False,
    warns_unknown_options=False,
    socket_activation=False,
    graceful_reload=False,
)

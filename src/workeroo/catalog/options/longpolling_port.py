"""On which port did chat wait up to series 15?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="longpolling_port",
    flag="--longpolling-port",
    kind="port",
    topic="evented",
    defaults=[Default(8072, 12, 15)],
    does=(
        "The port of the evented process, which holds the waiting requests below "
        "/longpolling. Unused in threaded mode. From 16 on it is called gevent_port."
    ),
    source="odoo/tools/config.py, odoo/service/server.py",
)

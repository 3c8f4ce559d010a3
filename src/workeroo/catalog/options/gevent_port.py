"""On which port do the websockets wait?"""

from __future__ import annotations

from workeroo.catalog.product import Alias, Default, Option

OPTION = Option(
    name="gevent_port",
    flag="--gevent-port",
    other_flags=[Alias("--longpolling-port", 16, 17)],
    kind="port",
    topic="evented",
    defaults=[Default(8072, 16)],
    does=(
        "The port of the evented process, which holds the websockets below /websocket. Unused "
        "in threaded mode."
    ),
    aliases=[Alias("longpolling_port", 16, 17, wins=True)],
    none_breaks=True,
    source="odoo/tools/config.py, odoo/service/server.py",
)

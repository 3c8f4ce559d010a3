"""How long may a websocket live?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="websocket_keep_alive_timeout",
    flag=None,
    kind="seconds",
    topic="evented",
    defaults=[Default(600, 16, 16), Default(3600, 17)],
    does=(
        "The age at which a websocket is closed; the browser opens a new one. Each gets up to "
        "half of it on top by chance, so that they do not all come back at once."
    ),
    too_low="Browsers reconnect all the time.",
    too_high="Connections to browsers that are long gone are held for longer.",
    none_breaks=True,
    source="odoo/addons/bus/websocket.py",
)

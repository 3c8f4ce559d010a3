"""How long may a websocket live?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="websocket_keep_alive_timeout",
    flag=None,
    kind="seconds",
    topic="evented",
    defaults=[Default(600, 16, 16), Default(3600, 17)],
    does="The age at which a websocket is closed; the browser opens a new one.",
    too_low="Browsers reconnect all the time.",
    none_breaks=True,
    source="odoo/addons/bus/websocket.py",
)

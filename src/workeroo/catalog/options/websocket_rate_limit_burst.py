"""How many messages may one websocket send at once?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="websocket_rate_limit_burst",
    flag=None,
    kind="int",
    topic="evented",
    defaults=[Default(10, 16)],
    does="The number of messages that one websocket may send before its rate is limited.",
    none_breaks=True,
    source="odoo/addons/bus/websocket.py",
)

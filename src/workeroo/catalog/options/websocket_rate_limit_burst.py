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
    too_low="Browsers that say much at once are sent away with code 1013, try again later.",
    too_high="One client can keep the evented process busy for everybody.",
    zero="Every message fails.",
    none_breaks=True,
    source="odoo/addons/bus/websocket.py",
)

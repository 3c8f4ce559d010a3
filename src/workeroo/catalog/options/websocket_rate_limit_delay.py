"""How fast may one websocket send?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="websocket_rate_limit_delay",
    flag=None,
    kind="float",
    topic="evented",
    defaults=[Default(0.2, 16)],
    does="Seconds between two messages of one websocket once the burst is used up.",
    too_low="One client can keep the evented process busy for everybody.",
    too_high="Browsers that say much at once are sent away with code 1013, try again later.",
    zero="No limit.",
    none_breaks=True,
    source="odoo/addons/bus/websocket.py",
)

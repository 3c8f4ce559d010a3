"""Which loggers say how much?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="log_handler",
    flag="--log-handler",
    kind="list",
    topic="logging",
    adds_up=True,
    defaults=[Default(":INFO", 12)],
    does="LOGGER:LEVEL pairs; what the file and the command line say adds up.",
    source="odoo/tools/config.py, odoo/netsvc.py",
)

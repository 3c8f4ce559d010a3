"""Which loggers say how much?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option, Shortcut

OPTION = Option(
    name="log_handler",
    flag="--log-handler",
    shortcuts=[
        Shortcut("--log-web", "odoo.http:DEBUG", 12),
        Shortcut("--log-sql", "odoo.sql_db:DEBUG", 12),
        Shortcut("--log-request", "odoo.http.rpc.request:DEBUG", 12, 15),
        Shortcut("--log-response", "odoo.http.rpc.response:DEBUG", 12, 15),
    ],
    kind="list",
    topic="logging",
    adds_up=True,
    defaults=[Default(":INFO", 12)],
    does="LOGGER:LEVEL pairs; what the file and the command line say adds up.",
    source="odoo/tools/config.py, odoo/netsvc.py",
)

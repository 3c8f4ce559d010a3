"""How many database connections may the evented process hold?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_maxconn_gevent",
    flag="--db_maxconn_gevent",
    kind="int",
    topic="database",
    defaults=[Default(None, 17)],
    does=(
        "The size of the connection pool of the evented process. Without it, db_maxconn "
        "counts there too."
    ),
    too_low="Chat connections end in PoolError: The Connection Pool Is Full.",
    too_high="One process of many chats can take the connections that all others need.",
    zero="As if it were not set: db_maxconn counts.",
    source="odoo/tools/config.py, odoo/sql_db.py",
)

"""How many database connections may one process hold?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_maxconn",
    flag="--db_maxconn",
    kind="int",
    topic="database",
    defaults=[Default(64, 12)],
    does="The size of the connection pool of each process, not of the server.",
    too_low="Requests end in PoolError: The Connection Pool Is Full.",
    too_high="All processes together can open more connections than PostgreSQL takes.",
    zero="As 1.",
    none_breaks=True,
    source="odoo/tools/config.py, odoo/sql_db.py",
)

"""On which port is PostgreSQL?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_port",
    flag="--db_port",
    kind="port",
    topic="database",
    defaults=[Default(None, 12)],
    does="Port of PostgreSQL. Unset: 5432.",
    environment=["PGPORT"],
    source="odoo/tools/config.py, odoo/sql_db.py",
)

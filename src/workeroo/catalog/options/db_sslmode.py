"""Is the connection to PostgreSQL encrypted?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_sslmode",
    flag="--db_sslmode",
    kind="str",
    topic="database",
    defaults=[Default("prefer", 12)],
    does="sslmode of the connection, as libpq knows it.",
    choices=["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
    environment=["PGSSLMODE"],
    source="odoo/tools/config.py, odoo/sql_db.py",
)

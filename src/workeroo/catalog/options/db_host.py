"""On which host is PostgreSQL?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_host",
    flag="--db_host",
    kind="str",
    topic="database",
    defaults=[Default(None, 12, 18), Default("", 19)],
    does="Host name, address or folder of the socket of PostgreSQL. Unset: the local socket.",
    environment=["PGHOST"],
    source="odoo/tools/config.py, odoo/sql_db.py",
)

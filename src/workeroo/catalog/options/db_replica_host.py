"""On which host is the read-only replica?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_replica_host",
    flag="--db_replica_host",
    kind="str",
    topic="database",
    defaults=[Default(None, 18)],
    does=(
        "Host of a read-only copy of the database. Every process then holds a second pool of "
        "db_maxconn connections. In 18 an empty value counts as set."
    ),
    environment=["PGHOST_REPLICA"],
    source="odoo/tools/config.py, odoo/sql_db.py",
)

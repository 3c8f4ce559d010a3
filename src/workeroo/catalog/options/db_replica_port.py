"""On which port is the read-only replica?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_replica_port",
    flag="--db_replica_port",
    kind="port",
    topic="database",
    defaults=[Default(None, 18)],
    does="Port of the read-only copy of the database.",
    environment=["PGPORT_REPLICA"],
    source="odoo/tools/config.py, odoo/sql_db.py",
)

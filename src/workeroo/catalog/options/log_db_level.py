"""How much of the log goes to the database?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="log_db_level",
    flag="--log-db-level",
    kind="str",
    topic="logging",
    defaults=[Default("warning", 12)],
    does="Lowest level that is written to the database of log_db.",
    source="odoo/tools/config.py, odoo/netsvc.py",
)

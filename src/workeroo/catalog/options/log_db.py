"""Into which database is the log written too?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="log_db",
    flag="--log-db",
    kind="str",
    topic="logging",
    defaults=[Default(None, 12, 18), Default("", 19)],
    does="Database whose table ir_logging gets the log as well.",
    source="odoo/tools/config.py, odoo/netsvc.py",
)

"""As whom does Odoo connect to PostgreSQL?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_user",
    flag="--db_user",
    short="-r",
    kind="str",
    topic="database",
    defaults=[Default(None, 12, 18), Default("", 19)],
    does="Role in PostgreSQL. Unset: the name of the system user that runs Odoo.",
    environment=["PGUSER"],
    source="odoo/tools/config.py, odoo/sql_db.py",
)

"""With which password does Odoo connect to PostgreSQL?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_password",
    flag="--db_password",
    short="-w",
    kind="secret",
    topic="security",
    defaults=[Default(None, 12, 18), Default("", 19)],
    does=(
        "Password of the role in PostgreSQL. On the command line every user of the host can "
        "read it."
    ),
    environment=["PGPASSWORD"],
    source="odoo/tools/config.py, odoo/sql_db.py",
)

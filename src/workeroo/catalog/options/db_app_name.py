"""Under which name does Odoo show in PostgreSQL?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_app_name",
    flag="--db_app_name",
    kind="str",
    topic="database",
    defaults=[Default("odoo-{pid}", 19)],
    does=(
        "application_name of the connections; {pid} becomes the number of the process that "
        "read the settings: with workers that is the master, so a row of pg_stat_activity leads to "
        "the server and not to its worker (measured on 19)."
    ),
    environment=["PGAPPNAME"],
    source="odoo/tools/config.py, odoo/sql_db.py",
)

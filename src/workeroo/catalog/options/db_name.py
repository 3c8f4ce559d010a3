"""Which databases does this server serve?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="db_name",
    flag="--database",
    short="-d",
    kind="list",
    topic="database",
    defaults=[Default(None, 12)],
    does=(
        "The databases that are loaded in the master before it forks, so that workers share "
        "that memory and start warm; scheduled actions run in these only."
    ),
    zero=(
        "Every worker loads a database at its first request for it, and cron workers visit "
        "every database of the role."
    ),
    environment=["PGDATABASE"],
    source="odoo/tools/config.py, odoo/service/server.py",
)

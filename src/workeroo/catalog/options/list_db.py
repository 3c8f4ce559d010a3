"""May strangers list and manage the databases?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="list_db",
    flag="--no-database-list",
    kind="bool",
    topic="security",
    defaults=[Default(True, 12)],  # noqa: FBT003 - the value is the point
    does=(
        "Shows the list of databases and the pages that create, copy, restore and drop them, "
        "guarded by admin_passwd alone."
    ),
    zero="The list and the manager are closed.",
    source="odoo/tools/config.py, odoo/http.py",
)

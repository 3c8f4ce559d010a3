"""Does this server run for developers?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="dev_mode",
    flag="--dev",
    kind="list",
    topic="workers",
    file_first=19,
    defaults=[Default(None, 12)],
    does=(
        "Words for developers. reload restarts the server whenever a file of the code changes, "
        "xml reads views from files at every use, werkzeug shows a debugger to whoever meets an "
        "error, replica (19) opens the second, read-only pool of connections without a replica."
    ),
    environment=["ODOO_DEV"],
    source="odoo/tools/config.py, odoo/service/server.py, odoo/http.py",
)

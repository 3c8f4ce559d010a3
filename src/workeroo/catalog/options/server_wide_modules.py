"""Which modules does the server itself load?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="server_wide_modules",
    flag="--load",
    kind="list",
    topic="workers",
    defaults=[Default("base,web", 12, 18), Default("base,rpc,web", 19)],
    does="Modules that the master imports before it forks, for every database.",
    empty_is_default=True,
    source="odoo/tools/config.py, odoo/service/server.py",
)

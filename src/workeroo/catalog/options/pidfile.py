"""Where is the number of the master process written?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="pidfile",
    flag="--pidfile",
    kind="path",
    topic="workers",
    defaults=[Default(None, 12, 18), Default("", 19)],
    does="File with the process id of the master.",
    none_is_unset=True,
    source="odoo/tools/config.py, odoo/service/server.py",
)

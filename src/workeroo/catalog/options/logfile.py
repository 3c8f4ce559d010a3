"""Where does the log go?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="logfile",
    flag="--logfile",
    kind="path",
    topic="logging",
    defaults=[Default(None, 12, 18), Default("", 19)],
    does=(
        "File of the log; unset means stderr. It is opened again when logrotate has replaced it."
    ),
    none_is_unset=True,
    source="odoo/tools/config.py, odoo/netsvc.py",
)

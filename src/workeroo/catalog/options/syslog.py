"""Does the log go to syslog?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="syslog",
    flag="--syslog",
    kind="bool",
    topic="logging",
    defaults=[Default(False, 12)],  # noqa: FBT003 - the value is the point
    does=(
        "Sends the log to syslog, in a layout without process ids and without the times of "
        "requests. Not together with logfile."
    ),
    source="odoo/tools/config.py, odoo/netsvc.py",
)

"""Did Odoo rotate its own log?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="logrotate",
    flag="--logrotate",
    kind="bool",
    topic="logging",
    defaults=[Default(False, 12, 12)],  # noqa: FBT003 - the value is the point
    does=(
        "Rotates the log file inside Odoo. Unsafe with several workers, and gone from 13 on: "
        "use logrotate."
    ),
    source="odoo/tools/config.py, odoo/netsvc.py",
)

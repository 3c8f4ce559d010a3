"""After which age is a cron worker replaced?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="limit_time_worker_cron",
    flag="--limit-time-worker-cron",
    kind="seconds",
    topic="cron",
    defaults=[Default(0, 17)],
    does=(
        "The age at which a cron worker leaves between two passes and is replaced, so that "
        "its database connections are released. Early 17.0 and 18.0 do not know it."
    ),
    too_low="Cron workers are replaced all the time and load the registry anew.",
    too_high="Connections that cron workers hold to databases are given back late.",
    zero="No limit.",
    none_breaks=True,
    source="odoo/tools/config.py, odoo/service/server.py",
)

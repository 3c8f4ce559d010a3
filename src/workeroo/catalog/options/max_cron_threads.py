"""How many processes run scheduled actions?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="max_cron_threads",
    flag="--max-cron-threads",
    kind="int",
    topic="cron",
    defaults=[Default(2, 12)],
    does=(
        "The number of cron workers of a prefork server, beside the HTTP workers; in threaded "
        "mode the number of cron threads."
    ),
    too_low="Scheduled actions queue up behind one another.",
    too_high="Every cron worker can fill a core and holds database connections of its own.",
    zero="No scheduled action runs in this server.",
    none_breaks=True,
    source="odoo/tools/config.py, odoo/service/server.py",
)

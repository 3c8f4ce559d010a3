"""How long may one pass of scheduled actions take?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="limit_time_real_cron",
    flag="--limit-time-real-cron",
    kind="seconds",
    topic="cron",
    defaults=[Default(-1, 12)],
    does=(
        "Wall-clock time of one pass over all ready scheduled actions of one database, not of "
        "one action. -1 takes limit_time_real."
    ),
    too_low="Below about 75 s, idle cron workers are killed in their sleep, again and again.",
    too_high="A cron worker that hangs is missing for that long.",
    zero="Prefork: no limit. Threaded: as -1.",
    source="odoo/tools/config.py, odoo/service/server.py",
)

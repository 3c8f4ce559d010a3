"""After how many requests is a worker replaced?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="limit_request",
    flag="--limit-request",
    kind="int",
    topic="workers",
    defaults=[Default(8192, 12, 16), Default(65536, 17)],
    does=(
        "The number of requests (for a cron worker: of database passes) after which a worker "
        "leaves and is replaced."
    ),
    too_low="Workers are replaced often, and each new one is slow at first.",
    too_high="Memory that leaks is given back late; limit_memory_soft is the better guard.",
    zero="Not a switch to turn it off: every worker leaves before it has served anything.",
    none_breaks=True,
    source="odoo/tools/config.py, odoo/service/server.py",
)

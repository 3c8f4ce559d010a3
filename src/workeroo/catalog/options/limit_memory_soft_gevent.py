"""When is the evented process replaced for its memory?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="limit_memory_soft_gevent",
    flag="--limit-memory-soft-gevent",
    kind="bytes",
    topic="memory",
    defaults=[Default(None, 18)],
    does=(
        "The soft limit of the evented process alone. Without it, limit_memory_soft counts "
        "there too."
    ),
    too_low=(
        "The evented process ends again and again, and every open chat connection drops each time."
    ),
    too_high="An evented process that has grown is never replaced.",
    zero="As if it were not set: limit_memory_soft counts.",
    source="odoo/tools/config.py, odoo/service/server.py",
)

"""When does an allocation fail in the evented process?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="limit_memory_hard_gevent",
    flag="--limit-memory-hard-gevent",
    kind="bytes",
    topic="memory",
    defaults=[Default(None, 18)],
    does=(
        "The address space of the evented process alone, set once when it starts. Without it, "
        "limit_memory_hard counts there too."
    ),
    too_low="Chat connections fail with MemoryError.",
    too_high="An evented process that leaks can take the memory of the whole host.",
    zero="As if it were not set: limit_memory_hard counts.",
    source="odoo/tools/config.py, odoo/service/server.py",
)

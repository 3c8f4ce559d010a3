"""When is a worker replaced for its memory?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option
from workeroo.units import GIB

OPTION = Option(
    name="limit_memory_soft",
    flag="--limit-memory-soft",
    kind="bytes",
    topic="memory",
    defaults=[Default(2 * GIB, 12)],
    does=(
        "Compared with the virtual memory of the process, not with the resident one, between "
        "two requests. A worker above it leaves and is replaced. It also decides how many "
        "database registries one process caches: one per 15 MiB."
    ),
    too_low="Below the size of a fresh worker, every worker is replaced after every request.",
    too_high="A worker that has grown is never replaced, and the host runs out of memory first.",
    zero="No limit, but in 12 to 18 the registry cache then shrinks to a single database.",
    none_breaks=True,
    source="odoo/tools/config.py, odoo/service/server.py, odoo/modules/registry.py",
)

"""When does an allocation fail?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option
from workeroo.units import MIB

OPTION = Option(
    name="limit_memory_hard",
    flag="--limit-memory-hard",
    kind="bytes",
    topic="memory",
    defaults=[Default(2560 * MIB, 12)],
    does=(
        "The address space that the kernel grants to each process (RLIMIT_AS). An allocation "
        "beyond it fails: the request ends in a MemoryError and status 500, the worker lives "
        "on. Programs that it starts inherit the limit."
    ),
    too_low=(
        "Large reports and imports fail with MemoryError; at or below the soft limit no "
        "worker gets to leave in good order."
    ),
    too_high="One runaway request can take the memory of the whole host.",
    zero="No limit from series 14 on; 12 and 13 apply a limit of nothing.",
    source="odoo/tools/config.py, odoo/service/server.py",
)

"""How much does the log say?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="log_level",
    flag="--log-level",
    kind="str",
    topic="logging",
    defaults=[Default("info", 12)],
    does=(
        "Level of the whole log. With warn, error or critical there are no request lines and "
        "no lines about the life of the workers."
    ),
    choices=[
        "info",
        "debug_rpc",
        "warn",
        "test",
        "critical",
        "runbot",
        "debug_sql",
        "error",
        "debug",
        "debug_rpc_answer",
        "notset",
    ],
    source="odoo/tools/config.py, odoo/netsvc.py",
)

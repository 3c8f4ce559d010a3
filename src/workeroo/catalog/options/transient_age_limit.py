"""How long are the records of wizards kept?"""

from __future__ import annotations

from workeroo.catalog.product import Alias, Default, Option

OPTION = Option(
    name="transient_age_limit",
    flag="--transient-age-limit",
    other_flags=[Alias("--osv-memory-age-limit", 14, 16)],
    kind="float",
    topic="time",
    defaults=[Default(1.0, 14)],
    does=(
        "Hours for which the records of wizards stay in the database. The older flag ends 14 to 16 "
        "at their start with an AttributeError; the older name in the file does no harm."
    ),
    too_low="Wizards that a user still has open are gone.",
    too_high="The tables of wizards grow, and with them the time that cleaning them takes.",
    zero="No limit. What was touched in the last five minutes always stays.",
    aliases=[
        Alias("osv_memory_age_limit", 14, 16, wins=True),
        Alias("osv_memory_age_limit", 17, 18),
    ],
    source="odoo/tools/config.py",
)

"""How long were the records of wizards kept in 12 and 13?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="osv_memory_age_limit",
    flag="--osv-memory-age-limit",
    kind="float",
    topic="time",
    defaults=[Default(1.0, 12, 13)],
    does=(
        "Hours for which the records of wizards stay in the database. From 14 on it is called "
        "transient_age_limit."
    ),
    too_low="Wizards that a user still has open are gone.",
    too_high="The tables of wizards grow, and with them the time that cleaning them takes.",
    source="odoo/tools/config.py",
)

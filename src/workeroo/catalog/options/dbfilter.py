"""Which databases does a host name show?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="dbfilter",
    flag="--db-filter",
    kind="str",
    topic="security",
    defaults=[Default("", 12)],
    does=(
        "A regular expression that the names of the databases must match to be offered; %h "
        "and %d stand for the host name and its first part. Cron workers do not heed it."
    ),
    source="odoo/tools/config.py, odoo/http.py",
)

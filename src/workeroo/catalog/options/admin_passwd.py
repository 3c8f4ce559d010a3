"""Which password opens the database manager?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="admin_passwd",
    flag=None,
    kind="secret",
    topic="security",
    defaults=[Default("admin", 12)],
    does=(
        "Password of the pages that create, copy, restore and drop databases. Odoo writes it "
        "back as a hash once it was used."
    ),
    zero="An empty value closes the manager.",
    source="odoo/tools/config.py, odoo/service/db.py",
)

"""With which password is mail sent?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="smtp_password",
    flag="--smtp-password",
    kind="secret",
    topic="security",
    defaults=[Default(None, 12, 18), Default("", 19)],
    does="Password of the outgoing mail server.",
    source="odoo/tools/config.py",
)

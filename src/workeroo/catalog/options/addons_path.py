"""Where are the modules?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="addons_path",
    flag="--addons-path",
    kind="list",
    topic="workers",
    defaults=[Default(None, 12)],
    does="Folders of modules, separated by commas; Odoo's own come on top.",
    none_is_unset=True,
    source="odoo/tools/config.py",
)

"""Does this server answer HTTP at all?"""

from __future__ import annotations

from workeroo.catalog.product import Alias, Default, Option

OPTION = Option(
    name="http_enable",
    flag="--no-http",
    other_flags=[Alias("--no-xmlrpc", 12, 18)],
    kind="bool",
    topic="http",
    defaults=[Default(True, 12)],  # noqa: FBT003 - the value is the point
    does=(
        "Off means no HTTP worker and no evented process: the server only runs scheduled actions."
    ),
    aliases=[Alias("xmlrpc", 12, 18)],
    source="odoo/tools/config.py, odoo/service/server.py",
)

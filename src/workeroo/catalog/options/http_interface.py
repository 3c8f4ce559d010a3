"""On which address does Odoo listen?"""

from __future__ import annotations

from workeroo.catalog.product import Alias, Default, Option

OPTION = Option(
    name="http_interface",
    flag="--http-interface",
    other_flags=[Alias("--xmlrpc-interface", 12, 18)],
    kind="str",
    topic="http",
    defaults=[Default("", 12, 18), Default("0.0.0.0", 19)],  # noqa: S104 - Odoo's own default
    does=(
        "The address that the HTTP port and the evented port are bound to; empty means every "
        "address. Behind a proxy on the same host, 127.0.0.1 keeps everybody else out. 19 "
        "warns where nobody sets it."
    ),
    aliases=[Alias("xmlrpc_interface", 12, 18)],
    source="odoo/tools/config.py, odoo/service/server.py",
)

"""On which port does Odoo listen?"""

from __future__ import annotations

from workeroo.catalog.product import Alias, Default, Option

OPTION = Option(
    name="http_port",
    flag="--http-port",
    short="-p",
    other_flags=[Alias("--xmlrpc-port", 12, 18)],
    kind="port",
    topic="http",
    defaults=[Default(8069, 12)],
    does="The port of the HTTP workers, or of the threaded server.",
    aliases=[Alias("xmlrpc_port", 12, 18)],
    none_breaks=True,
    source="odoo/tools/config.py, odoo/service/server.py",
)

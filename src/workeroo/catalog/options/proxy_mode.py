"""Does Odoo believe the headers of a proxy?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="proxy_mode",
    flag="--proxy-mode",
    kind="bool",
    topic="proxy",
    defaults=[Default(False, 12)],  # noqa: FBT003 - the value is the point
    does=(
        "Takes address, scheme and host of the client from the X-Forwarded headers of one "
        "proxy, but only where X-Forwarded-Host is among them."
    ),
    zero=(
        "Every visitor has the proxy's address in the log, and links are made with http where "
        "visitors use https."
    ),
    source="odoo/tools/config.py, odoo/http.py",
)

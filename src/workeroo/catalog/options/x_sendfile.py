"""Does the proxy deliver attachments?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="x_sendfile",
    flag="--x-sendfile",
    kind="bool",
    topic="proxy",
    defaults=[Default(False, 16)],  # noqa: FBT003 - the value is the point
    does=(
        "Leaves the body of attachments to nginx or Apache by a header, so that the worker is "
        "free sooner. The proxy must be set up for it."
    ),
    source="odoo/tools/config.py, odoo/http.py",
)

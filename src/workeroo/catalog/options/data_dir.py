"""Where are attachments and sessions kept?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="data_dir",
    flag="--data-dir",
    short="-D",
    kind="path",
    topic="http",
    defaults=[Default(None, 12)],
    does=(
        "Folder of the filestore and the sessions. Unset: .local/share/Odoo in the home of "
        "the user that runs Odoo, or /var/lib/Odoo where there is no home."
    ),
    source="odoo/tools/config.py",
)

"""Was this server started by Workeroo's lab?"""

import hmac
import os
from pathlib import Path

from odoo.tools import config


def refuse_outside_the_lab():
    """Raise unless the environment holds the token that lies beside this server's data."""
    given = os.environ.get("WORKEROO_LAB", "")
    try:
        wanted = (Path(config["data_dir"]).parent / "token").read_text().strip()
    except OSError:
        wanted = ""
    if not wanted or not hmac.compare_digest(given, wanted):
        raise ImportError(
            "workeroo_lab only loads in a server that Workeroo's lab started: "
            "its routes stop and fill servers on purpose"
        )

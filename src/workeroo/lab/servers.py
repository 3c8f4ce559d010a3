"""How do the Odoo and nginx of a lab end, also those of which there is no record?"""

from __future__ import annotations

from workeroo.lab.folder import LabFolder
from workeroo.lab.nginx import Nginx
from workeroo.lab.odoo import OdooServer
from workeroo.lab.state import LabState, write_state
from workeroo.lab.user import LabUser


def stop_servers(folder: LabFolder, user: LabUser, state: LabState | None) -> None:
    """Stop nginx and Odoo of a lab, and note it in its state."""
    Nginx(folder, user).stop(state.nginx if state else None)
    OdooServer(folder, user).stop(state.odoo if state else None)
    if state is not None:
        state.nginx = state.odoo = None
        write_state(folder.state, state)

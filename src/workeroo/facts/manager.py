"""Who starts an Odoo server, and so must be asked to restart it?"""

from __future__ import annotations

from typing import Literal

import msgspec


class Manager(msgspec.Struct, frozen=True, kw_only=True, tag="manager"):
    """The supervisor of a server's top process.

    Attributes:
        name: the unit, program or container: "odoo.service", "odoo", "3f2a9c...".
        why: how it was recognised: "its cgroup is /system.slice/odoo.service".
    """

    kind: Literal["systemd", "supervisor", "docker"]
    name: str
    why: str

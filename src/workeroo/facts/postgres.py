"""What does PostgreSQL allow, and how much of it is taken?"""

from __future__ import annotations

import msgspec

from workeroo.evidence import Maybe, Unknown


class Postgres(msgspec.Struct, frozen=True, kw_only=True, tag="postgres"):
    """The PostgreSQL server that a deployment uses.

    Attributes:
        local: whether it runs on this host and so shares its cores and memory.
        max_connections: the server's setting.
        reserved_connections: superuser_reserved_connections (and reserved_connections from 16).
        connections: client connections open at the moment, all databases and clients.
        own_connections: those of this deployment's database user.
        shared_buffers_bytes: memory taken on the host when local.
    """

    local: Maybe[bool] = Unknown("not looked at")
    version: Maybe[str] = Unknown("not looked at")
    max_connections: Maybe[int] = Unknown("not looked at")
    reserved_connections: Maybe[int] = Unknown("not looked at")
    connections: Maybe[int] = Unknown("not looked at")
    own_connections: Maybe[int] = Unknown("not looked at")
    shared_buffers_bytes: Maybe[int] = Unknown("not looked at")

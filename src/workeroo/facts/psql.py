"""What does PostgreSQL answer to the one question that is asked of it?"""

from __future__ import annotations

from typing import Any

import msgspec

from workeroo.evidence import Maybe, Unknown
from workeroo.facts.postgres import Postgres

QUESTION = """
select json_build_object(
  'version', current_setting('server_version'),
  'max_connections', current_setting('max_connections')::int,
  'reserved', current_setting('superuser_reserved_connections')::int
              + coalesce(current_setting('reserved_connections', true), '0')::int,
  'connections', (select sum(numbackends) from pg_stat_database)::int - 1,
  'own', (select count(*) from pg_stat_activity
          where usename = current_user and datid is not null and pid <> pg_backend_pid())::int,
  'shared_buffers_bytes', (select setting::bigint * 8192 from pg_settings
                           where name = 'shared_buffers'),
  'same_host', inet_server_addr() is null or inet_server_addr() = inet_client_addr())
"""
"""Any user may ask this. The one connection that asks is not counted, nor are
the server's own workers, which belong to no database.

numbackends counts the connections of all users also for a user who may not see their rows in
pg_stat_activity. shared_buffers is kept in blocks of 8 KiB (block_size as PostgreSQL is shipped).
"""


def answered(text: str, *, host: str) -> Maybe[Postgres]:
    """Read the answer.

    Args:
        text: what psql printed.
        host: db_host, which says "local" by itself where it is a folder or the loopback.
    """
    try:
        answer: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        return Postgres(
            local=is_local(host) or bool(answer["same_host"]),
            version=str(answer["version"]).split()[0],
            max_connections=int(answer["max_connections"]),
            reserved_connections=int(answer["reserved"]),
            connections=int(answer["connections"]),
            own_connections=int(answer["own"]),
            shared_buffers_bytes=int(answer["shared_buffers_bytes"]),
        )
    except (msgspec.DecodeError, KeyError, ValueError, TypeError, IndexError):
        return Unknown("psql printed something else than the answer")


def is_local(host: str) -> bool:
    """Whether a db_host says by itself that PostgreSQL runs here."""
    return host in ("", "localhost", "::1") or host.startswith(("/", "127."))

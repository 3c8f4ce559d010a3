"""What does PostgreSQL answer to the two questions that are asked of it?"""

from __future__ import annotations

from typing import Any

import msgspec

from workeroo.evidence import Maybe, Unknown
from workeroo.facts.postgres import Postgres
from workeroo.facts.pulse import DatabasePulse

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

PULSE_QUESTION = """
select json_build_object(
  'connections', (select sum(numbackends) from pg_stat_database)::int - 1,
  'most', current_setting('max_connections')::int
          - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true), '0')::int,
  'locked', (select count(*) from pg_stat_activity where wait_event_type = 'Lock')::int)
"""
"""As above, of now: how many connections there are, and how many wait for a lock. A user sees only
what their own connections wait for: Odoo's user sees Odoo's."""


def pulsed(text: str) -> Maybe[DatabasePulse]:
    """Read the answer to that."""
    try:
        answer: dict[str, int] = msgspec.json.decode(text, type=dict[str, int])
        return DatabasePulse(
            connections=answer["connections"],
            most_connections=answer["most"],
            waiting_for_locks=answer["locked"],
        )
    except (msgspec.DecodeError, KeyError):
        return Unknown("psql printed something else than the answer")


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

"""The facts: one host with its deployments, as one JSON file, the only input of all that thinks."""

from __future__ import annotations

import msgspec

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host

SCHEMA = "workeroo/facts/1"


class Blind(msgspec.Struct, frozen=True):
    """Something that could not be seen: what, and why."""

    what: str
    reason: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of a host and its deployments, secrets removed.

    Attributes:
        schema: "workeroo/facts/1"; a reader refuses what is newer than it knows.
        collected_at: ISO 8601 in UTC, or None for facts declared on the command line.
        collected_by: "workeroo 0.1.0".
        host: Unknown where only a file is judged and no hardware was declared.
        blind: what could not be seen on this host as a whole.
    """

    schema: str = SCHEMA
    collected_at: str | None = None
    collected_by: str = ""
    host: Host | Unknown
    deployments: list[Deployment] = []
    blind: list[Blind] = []

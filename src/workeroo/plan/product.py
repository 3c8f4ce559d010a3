"""The plan: settings decided, each with value, reason and evidence."""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.catalog.product import Value
from workeroo.evidence import Evidence

SCHEMA = "workeroo/plan/1"

Role = Literal["all", "frontend", "backend"]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One option of odoo.conf and what to set it to.

    Attributes:
        was: what stands now; None where nothing is known of it.
        why: one sentence with the arithmetic: "9 = 2 x 4 cores + 1, the golden rule".
    """

    option: str
    value: Value
    was: Value = None
    why: str
    evidence: list[Evidence]


class MemoryCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Does the plan fit in the memory?

    Attributes:
        per_worker_bytes: what one worker is counted with, and on what evidence.
        workers: how many were counted.
        required_bytes: workers x per_worker_bytes.
        budget_bytes: what Odoo may take of the usable memory.
        fits: required_bytes <= budget_bytes.
        arithmetic: the sum as a person would write it: "9 x 300 MB = 2.7 GB".
    """

    per_worker_bytes: int
    workers: int
    required_bytes: int
    usable_bytes: int
    budget_bytes: int
    fits: bool
    arithmetic: str
    evidence: list[Evidence]


class ConnectionCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Do the database connections fit in PostgreSQL?

    Attributes:
        masters: Odoo servers on this PostgreSQL that were counted.
        required: most connections that all processes of all masters can open.
        usual: what those processes really keep at most, on one database.
        available: max_connections less the reserved ones; None when not known.
        fits: None when `available` is not known.
        largest_db_maxconn: with which all would fit; None when `available` is not known.
    """

    masters: int
    required: int
    usual: int
    available: int | None
    fits: bool | None
    largest_db_maxconn: int | None
    arithmetic: str
    evidence: list[Evidence]


class PlannedHost(msgspec.Struct, frozen=True, kw_only=True):
    """The hardware that the plan was made for."""

    cores: float
    memory_bytes: int
    evidence: list[Evidence]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Settings for one role on one host."""

    schema: str = SCHEMA
    rule: str
    role: Role
    deployment: str | None
    series: int
    host: PlannedHost
    decisions: list[Decision]
    memory: MemoryCheck
    connections: ConnectionCheck
    warnings: list[str]

    def value(self, option: str) -> Value:
        """The decided value of an option; None where the plan leaves it."""
        return next((d.value for d in self.decisions if d.option == option), None)

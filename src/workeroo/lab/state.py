"""What does a lab remember between two commands?"""

from __future__ import annotations

from pathlib import Path

import msgspec

from workeroo.lab.ports import Ports
from workeroo.lab.process import Started

SCHEMA = 1


class LabState(msgspec.Struct):
    """What was started, with what, and where it listens.

    Attributes:
        key: a digest of what the running Odoo was started from; another key means start anew.
        conf_origin: where the odoo.conf came from, None for the lab's own.
        odoo_source: the checkout that runs, None for Debian's package.
        beside: the lab on whose PostgreSQL it stands, None where it has its own.
        cpus: the cores on which Odoo may run, None for all.
    """

    ports: Ports
    schema: int = SCHEMA
    database: str | None = None
    key: str | None = None
    version: str | None = None
    conf_origin: str | None = None
    odoo_source: Path | None = None
    beside: str | None = None
    cpus: tuple[int, ...] | None = None
    odoo: Started | None = None
    nginx: Started | None = None


def read_state(path: Path) -> LabState | None:
    """The state of a lab, None where it has none that this version can read."""
    try:
        state = msgspec.json.decode(path.read_bytes(), type=LabState)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return state if state.schema == SCHEMA else None


def write_state(path: Path, state: LabState) -> None:
    """Write the state, whole or not at all."""
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=2))
    unfinished.replace(path)

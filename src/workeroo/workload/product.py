"""The products of this room: incidents, and the diagnosis of a log."""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.workload.profile import Profile

Severity = Literal["error", "warning", "note"]
Confidence = Literal["high", "medium", "low"]


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that went wrong in a log.

    Attributes:
        id: part of the contract: "worker-time-limit".
        title: one line for people.
        count: how often; first, last: ISO 8601 in UTC; 1970 where none is told.
        evidence: a few lines of the log, masked.
        cause: one or two sentences; cure: which setting, which command.
    """

    id: str
    severity: Severity
    confidence: Confidence
    title: str
    count: int
    first: str
    last: str
    evidence: list[str]
    cause: str
    cure: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What was read.

    Attributes:
        files: names as given, "-" for stdin.
        size_bytes: of what was read, uncompressed; lines: of all files.
        skipped: what could not be read, as sentences.
    """

    files: list[str]
    size_bytes: int
    lines: int
    skipped: list[str] = []


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents with cause and cure, the worst first, and the workload."""

    schema: str = "workeroo/diagnosis/1"
    source: Source
    incidents: list[Incident]
    workload: Profile

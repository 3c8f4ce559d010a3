"""Findings, and the rules that make them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

SCHEMA = "workeroo/audit/1"

Severity = Literal["error", "warning", "note"]
"""error: broken now, or will break.  warning: costs or risks something.  note: worth knowing."""

Confidence = Literal["high", "medium", "low"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong or risky, with its cure.

    Attributes:
        rule: id of the rule, the name of its file: "threaded-mode".
        title: one line with the numbers of this server.
        cure: what to do, as an order, with the value to set.
        deployment: name of the deployment it was found on; None for the host.
        where: "file:line" to open, where there is one.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    title: str
    evidence: list[Evidence]
    cure: str
    deployment: str | None = None
    where: str | None = None


class CouldNotTell(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that could not be judged, and why."""

    rule: str
    reason: str
    deployment: str | None = None


Verdict = Finding | CouldNotTell

Check = Callable[[Facts, Deployment], Iterable[Verdict]]


About = Literal["file", "settings", "host"]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: what it is called, how bad it is, and the question that it asks.

    Attributes:
        id: the file's name with hyphens.
        title: what it looks for, in one line, without numbers.
        severity: of its findings, unless a finding says otherwise.
        check: yields findings, or why it cannot tell; nothing when all is well. It sees one
            deployment at a time, with the whole facts beside it.
        about: what it looks at. A file can be so broken that no setting can be read, and a
            server so strange that none is known: then rules about settings cannot tell, those
            about the file's text and about the host still can.
    """

    id: str
    title: str
    severity: Severity
    check: Check
    about: About = "settings"


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """All that the rules said of one set of facts."""

    schema: str = SCHEMA
    findings: list[Finding]
    unknown: list[CouldNotTell]
    checked: int

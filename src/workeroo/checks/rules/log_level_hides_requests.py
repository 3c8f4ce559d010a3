"""Does the log say what the workers do?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from workeroo.checks.asking import cited, switch, value, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "log-level-hides-requests"

HIDING_LEVELS = ("warn", "error", "critical")
"""Levels at which there are no request lines, nor lines about workers: odoo/netsvc.py."""

HIDING_HANDLER = re.compile(r"(?:^|,)\s*(?:werkzeug)?:(?:WARN(?:ING)?|ERROR|CRITICAL)\b")
"""A log_handler that silences the root logger or the one of the request lines."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per option that takes request lines, or their times, out of the log."""
    del facts
    hidden = "there are no request lines in the log"
    if value(deployment, "log_level") in HIDING_LEVELS:
        yield _finding(deployment, "log_level", hidden, "set log_level = info")
    handler = value(deployment, "log_handler")
    if isinstance(handler, str) and HIDING_HANDLER.search(handler):
        yield _finding(deployment, "log_handler", hidden, "set log_handler = :INFO")
    if switch(deployment, "syslog"):
        without = "syslog lines have neither process number nor times"
        yield _finding(deployment, "syslog", without, "use logfile, or let systemd collect stderr")


def _finding(deployment: Deployment, option: str, title: str, cure: str) -> Finding:
    return Finding(
        rule=ID,
        severity="note",
        confidence="high",
        title=f"{option} = {value(deployment, option)}: {title}",
        evidence=[
            cited(deployment, option),
            Evidence("default", "request lines are written at level info", "odoo/netsvc.py"),
        ],
        cure=f"{cure}; what the requests cost can then be read from the log",
        deployment=deployment.name,
        where=where(deployment, option),
    )


RULE = Rule(id=ID, title="A log without requests", severity="note", check=check)

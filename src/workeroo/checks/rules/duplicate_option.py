"""Does an option stand twice?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.problems import findings
from workeroo.checks.product import Rule, Verdict
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "duplicate-option"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per repeated option."""
    del facts
    return findings(ID, deployment, {ID: "keep one of the two lines and delete the other"})


RULE = Rule(
    id=ID,
    title="An option stands twice in odoo.conf",
    severity="error",
    check=check,
    about="file",
)

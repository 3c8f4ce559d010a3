"""Does a section stand twice?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.problems import findings
from workeroo.checks.product import Rule, Verdict
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "duplicate-section"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per repeated section."""
    del facts
    cure = "move the options below the first header and delete the second header"
    return findings(ID, deployment, {ID: cure})


RULE = Rule(
    id=ID,
    title="A section stands twice in odoo.conf",
    severity="error",
    check=check,
    about="file",
)

"""Can the file be parsed at all?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.problems import findings
from workeroo.checks.product import Rule, Verdict
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "conf-unparsable"

CURES = {
    "no-section-header": "write [options] on the first line of the file, without a byte order mark",
    "no-options-section": "write [options] on the first line of the file",
    "not-an-option": "write the line as 'name = value', or begin it with # if it is a comment",
}


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per line that the parser refuses, or for a file that it passes over."""
    del facts
    return findings(ID, deployment, CURES)


RULE = Rule(id=ID, title="odoo.conf cannot be parsed", severity="error", check=check, about="file")

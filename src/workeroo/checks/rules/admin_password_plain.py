"""Is the master password readable in the file?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import conf_of
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "admin-password-plain"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Said without showing it."""
    del facts
    conf = conf_of(deployment)
    entry = conf.entry("admin_passwd") if conf else None
    if conf is None or entry is None or entry.secret != "plain":  # noqa: S105 - a trait, no secret
        return
    place = f"{conf.path}:{entry.line}"
    yield Finding(
        rule=ID,
        severity="note",
        confidence="high",
        title="the master password stands in the file as plain text",
        evidence=[Evidence("read", "admin_passwd is not hashed", place)],
        cure="change it once on Odoo's database manager page: Odoo then writes a hash; and let "
        "only Odoo's user read the file",
        deployment=deployment.name,
        where=place,
    )


RULE = Rule(id=ID, title="A readable master password", severity="note", check=check)

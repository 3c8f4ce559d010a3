"""Is the master password the one that everybody knows?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import conf_of, switch
from workeroo.checks.product import Finding, Rule, Severity, Verdict
from workeroo.evidence import Evidence, Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "admin-password-default"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """An error where the database manager is open as well."""
    del facts
    setting = deployment.setting("admin_passwd")
    if setting is None or isinstance(deployment.conf, Unknown):
        return
    conf = conf_of(deployment)
    entry = conf.entry("admin_passwd") if conf else None
    if setting.source == "default":
        told = Evidence("default", "admin_passwd is not set, so Odoo's own holds", setting.where)
    elif setting.source == "file" and entry is not None and entry.secret == "default":  # noqa: S105 - a trait, no secret
        told = Evidence("read", "admin_passwd is Odoo's own default", setting.where)
    else:
        return
    is_open = switch(deployment, "list_db") is not False
    severity: Severity = "error" if is_open else "warning"
    yield Finding(
        rule=ID,
        severity=severity,
        confidence="high",
        title="the master password is Odoo's default"
        + (", and the database manager is open" if is_open else ""),
        evidence=[told],
        cure="set admin_passwd to a long random text, and list_db = False",
        deployment=deployment.name,
        where=setting.where if setting.source == "file" else None,
    )


RULE = Rule(id=ID, title="The default master password", severity="error", check=check)

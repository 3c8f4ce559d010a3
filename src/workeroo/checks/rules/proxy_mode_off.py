"""Does Odoo ignore the proxy in front of it?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, switch, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, page_locations
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "proxy-mode-off"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """proxy_mode is off and nginx passes pages on."""
    del facts
    if switch(deployment, "proxy_mode") is not False:
        return
    yield from blind(ID, deployment)
    location = next(page_locations(deployment), None)
    if location is None:
        return
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title="proxy_mode is off behind nginx: every visitor has the proxy's address",
        evidence=[
            cited(deployment, "proxy_mode"),
            Evidence("read", f"location {location.path} leads to this Odoo", location.where),
        ],
        cure="set proxy_mode = True, and X-Forwarded-Host, -For and -Proto in nginx",
        deployment=deployment.name,
        where=where(deployment, "proxy_mode"),
    )


RULE = Rule(id=ID, title="proxy_mode off behind a proxy", severity="warning", check=check)

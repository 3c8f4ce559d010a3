"""Do browsers reach the workers without a proxy in between?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import (
    cited,
    evented_port,
    evented_port_option,
    is_live,
    is_prefork,
    serves_http,
)
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "no-proxy"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A live prefork server without nginx on its host."""
    del facts
    if not is_live(deployment) or not is_prefork(deployment) or not serves_http(deployment):
        return
    yield from blind(ID, deployment)
    if deployment.proxy is not None:
        return
    port = evented_port(deployment)
    yield Finding(
        rule=ID,
        severity="note",
        confidence="low",
        title=f"no nginx on this host leads here: chat needs one that sends its route to {port}",
        evidence=[
            Evidence("read", "no nginx site leads to the ports of this Odoo"),
            cited(deployment, "http_port"),
            cited(deployment, evented_port_option(deployment)),
        ],
        cure="put nginx in front, unless a proxy on another machine does it",
        deployment=deployment.name,
    )


RULE = Rule(id=ID, title="Workers without a proxy in front", severity="note", check=check)

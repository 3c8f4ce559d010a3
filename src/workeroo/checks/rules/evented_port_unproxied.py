"""Does anything in nginx lead to the evented process?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import (
    cited,
    evented_port,
    evented_port_option,
    is_prefork,
    series,
    serves_http,
)
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, page_locations, to_evented
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "evented-port-unproxied"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Pages are passed on, and no location leads to the evented port."""
    del facts
    if not is_prefork(deployment) or not serves_http(deployment):
        return
    yield from blind(ID, deployment)
    page = next(page_locations(deployment), None)
    if page is None or to_evented(deployment):
        return
    known, port = series(deployment), evented_port(deployment)
    route = known.bus_route if known else "the bus route"
    yield Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"nothing in nginx leads to the evented port {port}: chat and notifications are dead",
        evidence=[
            Evidence("read", f"location {page.path} leads to the HTTP port only", page.where),
            cited(deployment, evented_port_option(deployment)),
            cited(deployment, "workers"),
        ],
        cure=f"add 'location {route}' with proxy_pass to port {port} to the site in nginx",
        deployment=deployment.name,
        where=page.where,
    )


RULE = Rule(id=ID, title="The evented port is not proxied", severity="error", check=check)

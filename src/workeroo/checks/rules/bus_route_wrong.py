"""Does the path that browsers wait on reach the evented process?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import evented_port, is_prefork, odoo, series, serves_http
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, bus_locations, to_evented
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Location, Site
from workeroo.facts.routing import leads_to
from workeroo.facts.snapshot import Facts

ID = "bus-route-wrong"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per site that sends another path than the series' own to the evented port."""
    del facts
    if not is_prefork(deployment) or not serves_http(deployment):
        return
    yield from blind(ID, deployment)
    port = evented_port(deployment)
    if not to_evented(deployment):
        return  # evented-port-unproxied tells
    for site, location in bus_locations(deployment):
        if location is None or not leads_to(location, port):
            yield _finding(deployment, site, location)


def _finding(deployment: Deployment, site: Site, location: Location | None) -> Finding:
    port, known = evented_port(deployment), series(deployment)
    route = known.bus_route if known else "the bus route"
    wrong = ", ".join(loc.path for loc in to_evented(deployment))
    taken = f"location {location.path}" if location else "no location"
    return Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"{odoo(deployment)} needs {route} on port {port}, nginx sends {wrong} there: chat "
        "and notifications are dead",
        evidence=[
            *(
                Evidence("read", f"location {loc.path} leads to {port}", loc.where)
                for loc in to_evented(deployment)
            ),
            Evidence(
                "read", f"{route} is taken by {taken}", location.where if location else site.where
            ),
        ],
        cure=f"add 'location {route}' with proxy_pass to port {port}",
        deployment=deployment.name,
        where=location.where if location else site.where,
    )


RULE = Rule(id=ID, title="The bus route of another series", severity="error", check=check)

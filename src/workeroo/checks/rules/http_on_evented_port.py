"""Do ordinary pages go to the evented process?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import evented_port, http_port, is_prefork
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, sites
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.routing import PAGE, chosen, leads_to
from workeroo.facts.snapshot import Facts

ID = "http-on-evented-port"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per site whose pages come from the evented port."""
    del facts
    if not is_prefork(deployment):
        return
    yield from blind(ID, deployment)
    evented = evented_port(deployment)
    for site in sites(deployment):
        location = chosen(site, PAGE)
        if location is None or not leads_to(location, evented):
            continue
        yield Finding(
            rule=ID,
            severity="error",
            confidence="high",
            title=f"nginx sends pages to the evented port {evented}: one process serves everybody",
            evidence=[
                Evidence("read", f"location {location.path} leads to {evented}", location.where)
            ],
            cure=f"let location {location.path} lead to port {http_port(deployment)}",
            deployment=deployment.name,
            where=location.where,
        )


RULE = Rule(id=ID, title="Pages sent to the evented process", severity="error", check=check)

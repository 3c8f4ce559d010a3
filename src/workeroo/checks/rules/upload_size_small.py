"""Can users upload anything larger than a photograph?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import http_port
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, sites
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.routing import PAGE, chosen, leads_to
from workeroo.facts.snapshot import Facts
from workeroo.units import MIB, format_bytes

ID = "upload-size-small"

NGINX_DEFAULT_BYTES = MIB
"""client_max_body_size when nobody says anything: nginx's manual."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per site that is left at nginx's default, or below."""
    del facts
    yield from blind(ID, deployment)
    for site in sites(deployment):
        location = chosen(site, PAGE)
        if location is None or not leads_to(location, http_port(deployment)):
            continue
        if 0 < site.client_max_body_bytes <= NGINX_DEFAULT_BYTES:
            size = format_bytes(site.client_max_body_bytes)
            yield Finding(
                rule=ID,
                severity="note",
                confidence="high",
                title=f"nginx refuses uploads above {size}",
                evidence=[Evidence("read", f"client_max_body_size is {size}", site.where)],
                cure="set 'client_max_body_size 128m;' in that site",
                deployment=deployment.name,
                where=site.where,
            )


RULE = Rule(id=ID, title="nginx refuses uploads", severity="note", check=check)

"""Does nginx send the headers that proxy_mode needs?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, switch
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, page_locations
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Location
from workeroo.facts.snapshot import Facts

ID = "proxy-headers-missing"

DECISIVE = "x-forwarded-host"
"""Without it Odoo ignores the others: odoo/http.py."""

NEEDED = {
    DECISIVE: "X-Forwarded-Host $host",
    "x-forwarded-for": "X-Forwarded-For $proxy_add_x_forwarded_for",
    "x-forwarded-proto": "X-Forwarded-Proto $scheme",
}


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per site whose pages come without one of them."""
    del facts
    if not switch(deployment, "proxy_mode"):
        return
    yield from blind(ID, deployment)
    for location in page_locations(deployment):
        missing = [name for name in NEEDED if name not in location.headers]
        if missing:
            yield _finding(deployment, location, missing)


def _finding(deployment: Deployment, location: Location, missing: list[str]) -> Finding:
    names = ", ".join(NEEDED[name].split()[0] for name in missing)
    effect = "proxy_mode has no effect" if DECISIVE in missing else "Odoo sees it wrongly"
    orders = " ".join(f"proxy_set_header {NEEDED[name]};" for name in missing)
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"nginx does not send {names}: {effect}",
        evidence=[
            Evidence("read", f"location {location.path} sets {_listed(location)}", location.where),
            cited(deployment, "proxy_mode"),
        ],
        cure=f"add to that location: {orders}",
        deployment=deployment.name,
        where=location.where,
    )


def _listed(location: Location) -> str:
    return ", ".join(sorted(location.headers)) or "no header"


RULE = Rule(id=ID, title="Headers that proxy_mode needs", severity="warning", check=check)

"""Does nginx let a websocket through?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import evented_port, is_prefork, series, serves_http
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, bus_locations
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Location
from workeroo.facts.routing import leads_to
from workeroo.facts.snapshot import Facts

ID = "websocket-upgrade-missing"

WEBSOCKET = "/websocket"
"""The bus route of the series whose browsers wait on a websocket."""

NEEDED = {"upgrade": "Upgrade $http_upgrade", "connection": 'Connection "upgrade"'}


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per site whose websocket location lacks headers or HTTP/1.1."""
    del facts
    known = series(deployment)
    if not is_prefork(deployment) or not serves_http(deployment) or known is None:
        return
    if known.bus_route != WEBSOCKET:
        return
    yield from blind(ID, deployment)
    for _, location in bus_locations(deployment):
        if location is not None and leads_to(location, evented_port(deployment)):
            yield from _judged(deployment, location)


def _judged(deployment: Deployment, location: Location) -> Iterable[Verdict]:
    missing = [name for name in NEEDED if not location.headers.get(name)]
    if missing:
        yield _headers(deployment, location, missing)
    elif location.http_version == "1.0":
        yield _version(deployment, location)


def _headers(deployment: Deployment, location: Location, missing: list[str]) -> Finding:
    names = " and ".join(NEEDED[name].split()[0] for name in missing)
    orders = " ".join(f"proxy_set_header {NEEDED[name]};" for name in missing)
    return Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"nginx drops {names} on {location.path}: no websocket comes through",
        evidence=[
            Evidence("read", f"location {location.path} sets {_listed(location)}", location.where)
        ],
        cure=f"add to that location: proxy_http_version 1.1; {orders}",
        deployment=deployment.name,
        where=location.where,
    )


def _version(deployment: Deployment, location: Location) -> Finding:
    return Finding(
        rule=ID,
        severity="note",
        confidence="low",
        title=f"nginx speaks HTTP/1.0 on {location.path}, a websocket is made for 1.1",
        evidence=[
            Evidence("read", f"proxy_http_version is {location.http_version}", location.where)
        ],
        cure="add to that location: proxy_http_version 1.1;",
        deployment=deployment.name,
        where=location.where,
    )


def _listed(location: Location) -> str:
    return ", ".join(sorted(location.headers)) or "no header"


RULE = Rule(id=ID, title="Headers that a websocket needs", severity="error", check=check)

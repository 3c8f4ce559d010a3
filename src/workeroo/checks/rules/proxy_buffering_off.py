"""Can a slow client hold a worker?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import is_prefork
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, page_locations
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Location
from workeroo.facts.snapshot import Facts

ID = "proxy-buffering-off"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per site whose pages are not buffered, either way."""
    del facts
    if not is_prefork(deployment):
        return
    yield from blind(ID, deployment)
    for location in page_locations(deployment):
        off = [name for name, on in _switches(location) if not on]
        if off:
            yield _finding(deployment, location, off)


def _switches(location: Location) -> list[tuple[str, bool]]:
    return [
        ("proxy_buffering", location.buffering),
        ("proxy_request_buffering", location.request_buffering),
    ]


def _finding(deployment: Deployment, location: Location, off: list[str]) -> Finding:
    names = " and ".join(off)
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"{names} off: a slow client holds a worker while it loads",
        evidence=[Evidence("read", f"{names} off in location {location.path}", location.where)],
        cure="delete the line that turns it off; on is nginx's default",
        deployment=deployment.name,
        where=location.where,
    )


RULE = Rule(id=ID, title="nginx does not buffer", severity="warning", check=check)

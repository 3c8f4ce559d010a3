"""Does nginx give up before Odoo does?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_prefork, number
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, page_locations
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Location
from workeroo.facts.snapshot import Facts
from workeroo.units import format_seconds

ID = "proxy-timeout-short"

SAMPLE_SECONDS = 720
"""proxy_read_timeout in the sample of Odoo's deployment page."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per site that waits less than limit_time_real."""
    del facts
    limit = number(deployment, "limit_time_real")
    if not is_prefork(deployment) or not limit or limit < 0:
        return
    yield from blind(ID, deployment)
    for location in page_locations(deployment):
        if location.read_timeout_seconds < limit:
            yield _finding(deployment, location, limit)


def _finding(deployment: Deployment, location: Location, limit: int) -> Finding:
    waits = format_seconds(location.read_timeout_seconds)
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"nginx gives up after {waits}, Odoo works on for up to {limit} s",
        evidence=[
            Evidence("read", f"proxy_read_timeout is {waits}", location.where),
            cited(deployment, "limit_time_real"),
        ],
        cure=f"set 'proxy_read_timeout {max(SAMPLE_SECONDS, limit)}s;' in that location",
        deployment=deployment.name,
        where=location.where,
    )


RULE = Rule(id=ID, title="nginx gives up before Odoo", severity="warning", check=check)

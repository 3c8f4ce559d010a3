"""Can anybody go around the proxy?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, http_port, is_live, switch, value, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import page_locations
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Location
from workeroo.facts.snapshot import Facts

ID = "http-exposed"

EVERYWHERE = (None, "", "0.0.0.0", "::")  # noqa: S104 - looked for, not bound
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Open on every interface although nginx on the same host is the only one to ask."""
    del facts
    inside = deployment.container is not None  # there, the container's network is the fence
    if inside or not is_live(deployment) or deployment.setting("http_interface") is None:
        return
    if value(deployment, "http_interface") not in EVERYWHERE:
        return
    local = next((loc for loc in page_locations(deployment) if _is_local(loc)), None)
    if local is not None:
        yield _finding(deployment, local)


def _is_local(location: Location) -> bool:
    return all(host in LOOPBACK for host, _ in location.upstream)


def _finding(deployment: Deployment, location: Location) -> Finding:
    believed = switch(deployment, "proxy_mode")
    effect = ", and proxy_mode believes whoever does" if believed else ""
    return Finding(
        rule=ID,
        severity="note",
        confidence="medium",
        title=f"port {http_port(deployment)} is open on every interface: visitors can go around "
        f"nginx{effect}",
        evidence=[
            cited(deployment, "http_interface"),
            cited(deployment, "proxy_mode"),
            Evidence("read", f"location {location.path} comes over loopback", location.where),
        ],
        cure="set http_interface = 127.0.0.1",
        deployment=deployment.name,
        where=where(deployment, "http_interface"),
    )


RULE = Rule(id=ID, title="The HTTP port open to everybody", severity="note", check=check)

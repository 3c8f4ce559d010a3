"""Do two servers want the same port?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import (
    cited,
    evented_port,
    evented_port_option,
    http_port,
    is_prefork,
    serves_http,
    where,
)
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "port-clash"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """The two ports of one server, and those of its neighbours."""
    if not serves_http(deployment) or http_port(deployment) is None:
        return
    if is_prefork(deployment) and http_port(deployment) == evented_port(deployment):
        yield _itself(deployment)
    for other in facts.deployments:
        shared = _ports(deployment) & _ports(other)
        if _is_later_neighbour(deployment, other, facts) and shared:
            yield _neighbour(deployment, other, min(shared))


def _ports(deployment: Deployment) -> set[int]:
    """The ports that it listens on by its settings."""
    port = http_port(deployment)
    if port is None or not serves_http(deployment):
        return set()
    return {port, evented_port(deployment)} if is_prefork(deployment) else {port}


def _is_later_neighbour(deployment: Deployment, other: Deployment, facts: Facts) -> bool:
    """Whether the other comes first and shares the network; the clash is told of the second."""
    if other.container != deployment.container:
        return False
    order = [found.name for found in facts.deployments]
    return order.index(other.name) < order.index(deployment.name)


def _itself(deployment: Deployment) -> Finding:
    port, option = http_port(deployment), evented_port_option(deployment)
    return Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"http_port and {option} are both {port}: the evented process cannot start",
        evidence=[cited(deployment, "http_port"), cited(deployment, option)],
        cure=f"set {option} = 8072, or any other free port",
        deployment=deployment.name,
        where=where(deployment, option) or where(deployment, "http_port"),
    )


def _neighbour(deployment: Deployment, other: Deployment, port: int) -> Finding:
    option = "http_port" if port == http_port(deployment) else evented_port_option(deployment)
    return Finding(
        rule=ID,
        severity="error",
        confidence="medium",
        title=f"{option} = {port} is a port of {other.name} as well",
        evidence=[cited(deployment, option), cited(other, option)],
        cure=f"set {option} to a free port, here and in nginx",
        deployment=deployment.name,
        where=where(deployment, option),
    )


RULE = Rule(id=ID, title="Two servers want one port", severity="error", check=check)

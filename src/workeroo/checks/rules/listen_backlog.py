"""Are connections refused because the queue of waiting ones is short?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, host_of, http_workers, is_live, is_prefork
from workeroo.checks.product import CouldNotTell, Finding, Rule, Verdict
from workeroo.evidence import Evidence, Unknown, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Network
from workeroo.facts.snapshot import Facts

ID = "listen-backlog"

PER_WORKER = 8
"""Places in the queue per worker, fixed when the server starts: odoo/service/server.py."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A queue that the kernel cuts, or one that overflowed."""
    host, workers = host_of(facts), http_workers(deployment)
    if host is None or not is_live(deployment) or not is_prefork(deployment) or not workers:
        return
    network = host.network
    if isinstance(network.somaxconn, Unknown):
        reason = f"the listen queue: {network.somaxconn.reason}"
        yield CouldNotTell(rule=ID, reason=reason, deployment=deployment.name)
    elif PER_WORKER * workers > network.somaxconn:
        yield _cut(deployment, PER_WORKER * workers, network.somaxconn)
    if is_known(network.listen_overflows) and network.listen_overflows > 0:
        yield _overflowed(deployment, network, network.listen_overflows)


def _cut(deployment: Deployment, wanted: int, somaxconn: int) -> Finding:
    return Finding(
        rule=ID,
        severity="note",
        confidence="high",
        title=f"Odoo asks for a listen queue of {wanted}, the kernel gives {somaxconn}",
        evidence=[
            Evidence("read", f"net.core.somaxconn = {somaxconn}", "/proc/sys/net/core/somaxconn"),
            cited(deployment, "workers"),
            Evidence("default", f"{PER_WORKER} x workers = {wanted}", "odoo/service/server.py"),
        ],
        cure=f"set net.core.somaxconn = {max(wanted, 4096)} with sysctl and restart Odoo",
        deployment=deployment.name,
    )


def _overflowed(deployment: Deployment, network: Network, overflows: int) -> Finding:
    drops = network.listen_drops
    dropped = f", {drops} dropped" if is_known(drops) else ""
    workers = http_workers(deployment)
    return Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"listen queues of this host overflowed {overflows} times since it started",
        evidence=[
            Evidence("measured", f"ListenOverflows {overflows}{dropped}", "/proc/net/netstat"),
            Evidence(
                "default",
                f"Odoo's queue holds {PER_WORKER} x {workers} = {PER_WORKER * workers} connections",
                "odoo/service/server.py",
            ),
        ],
        cure="look whether the number grows under load; if it does, more workers make the queue "
        "longer and shorten the wait",
    )


RULE = Rule(id=ID, title="A short listen queue", severity="warning", check=check)

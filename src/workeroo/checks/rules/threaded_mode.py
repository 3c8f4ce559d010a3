"""Does one process do all the work although there are more cores?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import (
    cited,
    evented_port,
    host_of,
    is_live,
    is_threaded,
    serves_http,
    where,
)
from workeroo.checks.product import Confidence, Finding, Rule, Severity, Verdict
from workeroo.checks.sizing import advised_workers, golden_evidence
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.snapshot import Facts

ID = "threaded-mode"

MANY_CORES = 4
"""From here on most of the host can never be used: a quarter at best serves requests. The
article's own example is a server of 4 cores."""

MEASURED = Evidence(
    "assumed",
    "workers = 5 served 9.9 requests/s where workers = 0 served 3.8, on 2 cores",
    "measured on Odoo 19, 20 clients",
)


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """The more cores lie idle, the worse."""
    if not is_threaded(deployment) or not serves_http(deployment):
        return
    host = host_of(facts)
    if host is None:
        yield _blind(deployment)
    else:
        yield _seen(deployment, host)


def _seen(deployment: Deployment, host: Host) -> Finding:
    cores = host.cores.whole
    severity: Severity = "note" if cores == 1 else "warning" if cores < MANY_CORES else "error"
    confidence: Confidence = "high" if is_live(deployment) else "medium"
    noun = "core" if cores == 1 else "cores"
    return Finding(
        rule=ID,
        severity=severity,
        confidence=confidence,
        title=f"threaded mode: one process serves everybody, on {cores} {noun}",
        evidence=[
            *([_one_process(deployment)] if is_live(deployment) else []),
            cited(deployment, "workers"),
            host.cores.evidence,
            golden_evidence(host),
            MEASURED,
        ],
        cure=f"set workers = {advised_workers(host)} and send the bus route to port "
        f"{evented_port(deployment)} in nginx before the restart; 'workeroo plan' gives the rest",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


def _blind(deployment: Deployment) -> Finding:
    return Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title="threaded mode: one process serves everybody, however many cores there are",
        evidence=[cited(deployment, "workers"), MEASURED],
        cure="set workers = 2 x cores + 1; 'workeroo plan --cores N --memory SIZE' gives the rest",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


def _one_process(deployment: Deployment) -> Evidence:
    servers = deployment.of("threaded server")
    text = f"one server process{f' (pid {servers[0].pid})' if servers else ''} and no workers"
    return Evidence("measured", text, "/proc")


RULE = Rule(
    id=ID, title="Threaded mode on a host with several cores", severity="error", check=check
)

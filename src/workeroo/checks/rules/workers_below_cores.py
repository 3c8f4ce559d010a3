"""Do cores lie idle because there are fewer workers?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, host_of, http_workers, is_prefork, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.sizing import advised_workers, golden_evidence, workers_on_host
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.snapshot import Facts

ID = "workers-below-cores"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Fewer HTTP workers, over all Odoos of the host, than it has cores."""
    host = host_of(facts)
    if host is None or not is_prefork(deployment) or not http_workers(deployment):
        return
    if workers_on_host(facts) < min(host.cores.whole, advised_workers(host)):
        yield _finding(deployment, workers_on_host(facts), host)


def _finding(deployment: Deployment, workers: int, host: Host) -> Finding:
    cores = host.cores.whole
    noun = "worker" if workers == 1 else "workers"
    return Finding(
        rule=ID,
        severity="note",
        confidence="medium",
        title=f"{workers} HTTP {noun} cannot use {cores} cores",
        evidence=[cited(deployment, "workers"), host.cores.evidence, golden_evidence(host)],
        cure=f"set workers = {advised_workers(host)}, unless the cores are for something else",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


RULE = Rule(id=ID, title="Fewer workers than cores", severity="note", check=check)

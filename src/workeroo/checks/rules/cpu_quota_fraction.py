"""Were the workers counted on cores that the container does not have?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, host_of, http_workers, is_prefork, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.sizing import advised_workers, golden_evidence, golden_workers
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.snapshot import Facts

ID = "cpu-quota-fraction"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Less than one core, or the golden rule on the machine's cores."""
    host = host_of(facts)
    if host is None or not is_prefork(deployment) or not http_workers(deployment):
        return
    quota = host.cores.quota
    if not isinstance(quota, (int, float)) or quota >= host.cores.logical:
        return
    if quota < 1:
        yield _fraction(host, quota)
    if _counts_the_machine(deployment, host):
        yield _machine(deployment, host, quota)


def _counts_the_machine(deployment: Deployment, host: Host) -> bool:
    by_machine = 2 * host.cores.logical + 1
    workers = http_workers(deployment)
    return golden_workers(host) < workers and workers in (by_machine, by_machine - 1)


def _fraction(host: Host, quota: float) -> Finding:
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"the container may use {quota:g} of a core: no setting of workers makes up for it",
        evidence=[host.cores.evidence],
        cure="give the container one core at least, two for a server with users",
    )


def _machine(deployment: Deployment, host: Host, quota: float) -> Finding:
    workers, logical = http_workers(deployment), host.cores.logical
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"{workers} workers were counted on the machine's {logical} cores, the container "
        f"has {quota:g}",
        evidence=[
            host.cores.evidence,
            Evidence("read", f"{logical} logical cores of the machine", "/proc/cpuinfo"),
            cited(deployment, "workers"),
            golden_evidence(host),
        ],
        cure=f"set workers = {advised_workers(host)}",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


RULE = Rule(id=ID, title="Workers against the cgroup's quota", severity="warning", check=check)

"""Is the number of workers far beyond what any rule gives?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, host_of, http_workers, is_prefork, no_host, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.sizing import golden_evidence, golden_workers
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.snapshot import Facts

ID = "workers-guessed"

FAR_BEYOND = 2
"""Times the golden rule's number. Measured on 2 cores: 4 times as many workers as the rule gives
paid off only where each request waited half a second on another server."""

ROUND_GUESS = 100
"""The article's example of a number that was guessed. The golden rule reaches it at 50 cores."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Twice the golden rule, or 100 where the cores are not known."""
    if not is_prefork(deployment):
        return
    workers = http_workers(deployment)
    host = host_of(facts)
    if host is None:
        yield (
            _blind(deployment, workers)
            if workers >= ROUND_GUESS
            else no_host(ID, facts, deployment)
        )
    elif workers > FAR_BEYOND * golden_workers(host):
        yield _seen(deployment, workers, host)


def _seen(deployment: Deployment, workers: int, host: Host) -> Finding:
    golden = golden_workers(host)
    return Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"{workers} workers on {host.cores.whole} cores, {golden} by the golden rule",
        evidence=[
            cited(deployment, "workers"),
            host.cores.evidence,
            golden_evidence(host),
            Evidence(
                "assumed",
                "9 workers served 8.1 requests/s where 2 served 9.3, on 2 cores",
                "measured on Odoo 19, a page that computes",
            ),
        ],
        cure=f"set workers = {golden}, or keep {workers} if requests are known to wait on other "
        "servers",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


def _blind(deployment: Deployment, workers: int) -> Finding:
    return Finding(
        rule=ID,
        severity="warning",
        confidence="low",
        title=f"{workers} workers is more than the golden rule gives to any host below 50 cores",
        evidence=[cited(deployment, "workers")],
        cure="set workers = 2 x cores + 1; name the hardware with --cores and --memory",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


RULE = Rule(id=ID, title="A number of workers that was guessed", severity="warning", check=check)

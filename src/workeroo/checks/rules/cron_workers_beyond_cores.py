"""Can scheduled actions take all the cores?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, cron_workers, host_of, http_workers, is_prefork, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "cron-workers-beyond-cores"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """More cron workers than cores on a server that has users."""
    host = host_of(facts)
    if host is None or not is_prefork(deployment) or not http_workers(deployment):
        return
    crons, cores = cron_workers(deployment), host.cores.whole
    if crons <= max(cores, 2):  # 2 is Odoo's default and no decision of anybody's
        return
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"{crons} cron workers can take all {cores} cores from the users",
        evidence=[cited(deployment, "max_cron_threads"), host.cores.evidence],
        cure="set max_cron_threads = 1, or run the crons on a backend server of their own",
        deployment=deployment.name,
        where=where(deployment, "max_cron_threads"),
    )


RULE = Rule(id=ID, title="More cron workers than cores", severity="warning", check=check)

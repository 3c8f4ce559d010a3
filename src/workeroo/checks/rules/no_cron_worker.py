"""Does anybody run the scheduled actions?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, cron_workers, database, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.sizing import same_database
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "no-cron-worker"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """No cron worker here, nor in another Odoo of the same database on this host."""
    if number(deployment, "max_cron_threads") != 0:
        return
    others = [d for d in facts.deployments if d.name != deployment.name]
    if any(same_database(d, deployment) and cron_workers(d) for d in others):
        return
    of = f" of {database(deployment)}" if database(deployment) else ""
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"max_cron_threads = 0: nobody on this host runs the scheduled actions{of}",
        evidence=[
            cited(deployment, "max_cron_threads"),
            Evidence("read", "no other Odoo here has the same database and cron workers"),
        ],
        cure="set max_cron_threads = 1, or make sure that a backend server elsewhere runs them",
        deployment=deployment.name,
        where=where(deployment, "max_cron_threads"),
    )


RULE = Rule(id=ID, title="Nobody runs the scheduled actions", severity="warning", check=check)

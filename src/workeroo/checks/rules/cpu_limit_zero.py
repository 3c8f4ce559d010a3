"""Does limit_time_cpu = 0 end every worker that computes?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "cpu-limit-zero"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Zero or less on a server with workers."""
    del facts
    limit = number(deployment, "limit_time_cpu")
    if not is_prefork(deployment) or limit is None or limit > 0:
        return
    yield Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"limit_time_cpu = {limit} ends workers within a second of computing, it does not "
        "turn it off",
        evidence=[
            cited(deployment, "limit_time_cpu"),
            Evidence(
                "default",
                "the kernel's limit is set to the time used so far plus 0 s",
                "odoo/service/server.py",
            ),
        ],
        cure="set limit_time_cpu = 60, or more if long computing is wanted",
        deployment=deployment.name,
        where=where(deployment, "limit_time_cpu"),
    )


RULE = Rule(id=ID, title="limit_time_cpu = 0 with workers", severity="error", check=check)

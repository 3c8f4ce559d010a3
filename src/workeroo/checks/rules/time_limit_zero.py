"""Does limit_time_real = 0 kill every worker?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "time-limit-zero"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Zero or less on a server with workers."""
    del facts
    limit = number(deployment, "limit_time_real")
    if not is_prefork(deployment) or limit is None or limit > 0:
        return
    yield Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"limit_time_real = {limit} kills every worker at once, it does not turn it off",
        evidence=[
            cited(deployment, "limit_time_real"),
            Evidence(
                "default",
                "the master kills a worker that was silent for 0 s or longer",
                "odoo/service/server.py",
            ),
        ],
        cure="set limit_time_real = 120, or more if long requests are wanted",
        deployment=deployment.name,
        where=where(deployment, "limit_time_real"),
    )


RULE = Rule(id=ID, title="limit_time_real = 0 with workers", severity="error", check=check)

"""Does limit_request = 0 end every worker before it serves anybody?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "request-limit-zero"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Zero or less on a server with workers."""
    del facts
    limit = number(deployment, "limit_request")
    if not is_prefork(deployment) or limit is None or limit > 0:
        return
    yield Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"limit_request = {limit} ends every worker before its first request",
        evidence=[
            cited(deployment, "limit_request"),
            Evidence(
                "default",
                "a worker leaves once it has served at least that many requests",
                "odoo/service/server.py",
            ),
        ],
        cure="delete the line: the default is generous",
        deployment=deployment.name,
        where=where(deployment, "limit_request"),
    )


RULE = Rule(id=ID, title="limit_request = 0 with workers", severity="error", check=check)

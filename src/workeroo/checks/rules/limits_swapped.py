"""Is the soft memory limit below the hard one?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "limits-swapped"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Soft at or above hard, both on."""
    del facts
    soft = number(deployment, "limit_memory_soft") or 0
    hard = number(deployment, "limit_memory_hard") or 0
    if not is_prefork(deployment) or not 0 < hard <= soft:
        return
    yield Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"limit_memory_soft = {soft} is not below limit_memory_hard = {hard}: requests fail "
        "and the worker is never replaced",
        evidence=[
            cited(deployment, "limit_memory_soft"),
            cited(deployment, "limit_memory_hard"),
            Evidence(
                "default",
                "past the hard limit a request fails and its worker lives on",
                "odoo/service/server.py",
            ),
        ],
        cure=f"set limit_memory_hard = {soft * 5 // 4}, so that soft is 80 % of hard"
        if soft > hard
        else f"set limit_memory_soft = {hard * 4 // 5}, which is 80 % of hard",
        deployment=deployment.name,
        where=where(deployment, "limit_memory_soft"),
    )


RULE = Rule(id=ID, title="Soft limit not below hard limit", severity="error", check=check)

"""Does the clock end a request before the processor time can?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "time-limits-order"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """limit_time_cpu above limit_time_real never ends anything."""
    del facts
    processor = number(deployment, "limit_time_cpu") or 0
    clock = number(deployment, "limit_time_real") or 0
    if not is_prefork(deployment) or not 0 < clock < processor:
        return
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"limit_time_cpu = {processor} is beyond limit_time_real = {clock} and never used",
        evidence=[cited(deployment, "limit_time_cpu"), cited(deployment, "limit_time_real")],
        cure=f"set limit_time_real = {2 * processor}, or limit_time_cpu = {max(clock // 2, 1)}",
        deployment=deployment.name,
        where=where(deployment, "limit_time_cpu"),
    )


RULE = Rule(id=ID, title="The CPU limit is beyond the real one", severity="warning", check=check)

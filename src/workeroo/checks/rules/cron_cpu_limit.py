"""Are long scheduled actions allowed by the clock and forbidden by the processor time?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, cron_workers, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "cron-cpu-limit"

MUCH_LONGER = 10
"""Times the processor time from which the clock was clearly raised for long actions: the default
pair is 120 s of clock for 60 s of processor, twice."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """limit_time_real_cron was raised, limit_time_cpu was not."""
    del facts
    clock = number(deployment, "limit_time_real_cron")
    processor = number(deployment, "limit_time_cpu")
    if not is_prefork(deployment) or not cron_workers(deployment) or not clock or not processor:
        return
    if clock < MUCH_LONGER * processor:
        return
    yield Finding(
        rule=ID,
        severity="note",
        confidence="medium",
        title=f"scheduled actions may take {clock} s, but only {processor} s of processor time",
        evidence=[
            cited(deployment, "limit_time_real_cron"),
            cited(deployment, "limit_time_cpu"),
            Evidence(
                "default", "limit_time_cpu holds for cron workers too", "odoo/odoo issue 77572"
            ),
        ],
        cure="raise limit_time_cpu with it, or run long actions on a backend server of their own",
        deployment=deployment.name,
        where=where(deployment, "limit_time_real_cron"),
    )


RULE = Rule(id=ID, title="Long crons that the CPU limit ends", severity="note", check=check)

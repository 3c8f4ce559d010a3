"""Are idle cron workers killed in their sleep?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, cron_workers, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "cron-kill-loop"

SHORTEST_SLEEP_SECONDS = 60
LONGEST_SLEEP_SECONDS = 69
"""A cron worker sleeps 60 + (pid mod 10) seconds between two signs of life, in every series:
odoo/service/server.py, WorkerCron."""

SAFE_SECONDS = 75
"""The longest sleep, the master's own turn of 4 s, and a breath."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """The watchdog of cron workers against their sleep."""
    del facts
    if not is_prefork(deployment) or not cron_workers(deployment):
        return
    option, watchdog = _watchdog(deployment)
    if watchdog is None or not 0 < watchdog < SAFE_SECONDS:
        return
    sure = watchdog <= LONGEST_SLEEP_SECONDS
    yield Finding(
        rule=ID,
        severity="error" if sure else "warning",
        confidence="high" if watchdog <= SHORTEST_SLEEP_SECONDS else "medium",
        title=f"idle cron workers are killed again and again: {option} = {watchdog}, their sleep "
        f"takes {SHORTEST_SLEEP_SECONDS} to {LONGEST_SLEEP_SECONDS} s",
        evidence=[
            cited(deployment, option),
            cited(deployment, "max_cron_threads"),
            Evidence(
                "default",
                "a cron worker gives no sign of life while it sleeps, and the master kills it",
                "odoo/service/server.py: WorkerCron",
            ),
        ],
        cure=f"set limit_time_real_cron = 120 or more ({SAFE_SECONDS} is the least that is safe)",
        deployment=deployment.name,
        where=where(deployment, option),
    )


def _watchdog(deployment: Deployment) -> tuple[str, int | None]:
    """The option that decides how long a cron worker may be silent, and its seconds."""
    own = number(deployment, "limit_time_real_cron")
    if own is None or own < 0:
        return "limit_time_real", number(deployment, "limit_time_real")
    return "limit_time_real_cron", own


RULE = Rule(id=ID, title="Idle cron workers are killed", severity="error", check=check)

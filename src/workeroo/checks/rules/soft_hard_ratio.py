"""Is the soft limit at 70 to 80 % of the hard one?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "soft-hard-ratio"

LOWEST = 70
HIGHEST = 80
"""Percent, by the article's tuning rule."""

ARTICLE_PAIR = 84
"""Percent, rounded up: the article's own 640 and 768 MB are at 83.3. What it publishes as sound is
not reported."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Outside of the range, but in the right order."""
    del facts
    soft = number(deployment, "limit_memory_soft") or 0
    hard = number(deployment, "limit_memory_hard") or 0
    if not is_prefork(deployment) or not 0 < soft < hard:
        return
    percent = 100 * soft / hard
    if LOWEST <= percent <= ARTICLE_PAIR:
        return
    yield Finding(
        rule=ID,
        severity="note",
        confidence="medium",
        title=f"the soft memory limit is {percent:.0f} % of the hard one, not {LOWEST} to "
        f"{HIGHEST} %",
        evidence=[
            cited(deployment, "limit_memory_soft"),
            cited(deployment, "limit_memory_hard"),
            Evidence(
                "assumed", f"{LOWEST} to {HIGHEST} % of the hard limit", "article: FAQ, tuning"
            ),
        ],
        cure=f"set limit_memory_hard = {soft * 5 // 4}, so that soft is 80 % of hard",
        deployment=deployment.name,
        where=where(deployment, "limit_memory_soft"),
    )


RULE = Rule(id=ID, title="Soft limit far from 70-80 % of hard", severity="note", check=check)

"""Is one worker left for the users?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, cron_workers, http_workers, is_prefork, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.sizing import same_database
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "one-user-worker"

BY_THE_ARTICLE = 2
"""workers = 2 of which the article counts one for cron."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A warning at one worker; a note at two, which the article counts as one."""
    if not is_prefork(deployment):
        return
    workers = http_workers(deployment)
    if workers == 1:
        yield _one(deployment)
    elif (
        workers == BY_THE_ARTICLE
        and cron_workers(deployment)
        and not _is_backend(facts, deployment)
    ):
        yield _two(deployment)


def _is_backend(facts: Facts, deployment: Deployment) -> bool:
    """Whether another Odoo of the same database serves the users and runs no crons."""
    others = (d for d in facts.deployments if d.name != deployment.name)
    return any(same_database(d, deployment) and not cron_workers(d) for d in others)


def _one(deployment: Deployment) -> Finding:
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title="one HTTP worker: the second user waits until the first is served",
        evidence=[cited(deployment, "workers")],
        cure="set workers = 2 at least, 2 x cores + 1 by the golden rule",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


def _two(deployment: Deployment) -> Finding:
    return Finding(
        rule=ID,
        severity="note",
        confidence="high",
        title="two HTTP workers: two slow requests, and everybody else waits",
        evidence=[
            cited(deployment, "workers"),
            cited(deployment, "max_cron_threads"),
            Evidence(
                "assumed",
                "the article counts one of the two for cron; in truth cron workers come on top, "
                "so both serve users",
                "article: the cron worker dilemma; odoo/service/server.py",
            ),
        ],
        cure="set workers = 2 x cores + 1 if users share this server",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


RULE = Rule(id=ID, title="One worker left for the users", severity="warning", check=check)

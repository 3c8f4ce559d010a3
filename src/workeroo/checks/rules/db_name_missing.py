"""Does every worker load the database by itself?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, database, http_workers, is_prefork
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "db-name-missing"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """No db_name on a server with workers."""
    del facts
    if not is_prefork(deployment) or not http_workers(deployment):
        return
    if deployment.setting("db_name") is None or database(deployment):
        return
    yield Finding(
        rule=ID,
        severity="note",
        confidence="medium",
        title="db_name is not set: each of the workers loads the database's code by itself",
        evidence=[
            cited(deployment, "db_name"),
            Evidence(
                "default",
                "with db_name the master loads it once, before it forks, and the workers share it",
                "odoo/service/server.py",
            ),
        ],
        cure="set db_name to your database, unless this server is to serve many",
        deployment=deployment.name,
    )


RULE = Rule(id=ID, title="No database named", severity="note", check=check)

"""Is the database manager open?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, switch, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "list-db-on"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """The default of every series."""
    del facts
    if switch(deployment, "list_db") is not True:
        return
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title="list_db is on: anybody may list the databases and open the manager's pages",
        evidence=[
            cited(deployment, "list_db"),
            Evidence(
                "default",
                "/web/database/manager asks for the master password only",
                "odoo/service/db.py",
            ),
        ],
        cure="set list_db = False, with db_name or dbfilter to say which database to serve",
        deployment=deployment.name,
        where=where(deployment, "list_db"),
    )


RULE = Rule(id=ID, title="The database manager is open", severity="warning", check=check)

"""Is there a second worker to serve a PDF report its own pictures and styles?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, http_workers, is_prefork, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "pdf-deadlock"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One HTTP worker cannot print."""
    del facts
    if not is_prefork(deployment) or http_workers(deployment) != 1:
        return
    yield Finding(
        rule=ID,
        severity="error",
        confidence="medium",
        title="one HTTP worker: printing a PDF waits for itself until a timeout",
        evidence=[
            cited(deployment, "workers"),
            Evidence(
                "default",
                "wkhtmltopdf fetches styles and pictures from the server while its worker waits",
                "odoo/odoo issue 2114",
            ),
        ],
        cure="set workers = 2 at least",
        deployment=deployment.name,
        where=where(deployment, "workers"),
    )


RULE = Rule(id=ID, title="Printing with a single worker", severity="error", check=check)

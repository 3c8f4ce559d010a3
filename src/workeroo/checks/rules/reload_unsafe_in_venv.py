"""Does a reload by signal end the server?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import is_live, is_prefork, odoo, series
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "reload-unsafe-in-venv"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A series that re-executes itself gracefully, in a virtual environment."""
    del facts
    known = series(deployment)
    if known is None or not known.graceful_reload or deployment.venv is not True:
        return
    if not is_live(deployment) or not is_prefork(deployment):
        return
    yield Finding(
        rule=ID,
        severity="note",
        confidence="medium",
        title=f"SIGHUP may end this server: {odoo(deployment)} loses its virtual environment in "
        "a reload",
        evidence=[
            Evidence("read", "the interpreter is one of a virtual environment", "/proc/PID/exe"),
            Evidence(
                "assumed",
                "the new server is started as a bare python, which finds no venv, and dies",
                "tried on Odoo 19",
            ),
        ],
        cure="restart the service instead of reloading it ('systemctl restart', no ExecReload "
        "with HUP)",
        deployment=deployment.name,
    )


RULE = Rule(id=ID, title="A reload that ends the server", severity="note", check=check)

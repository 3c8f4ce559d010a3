"""Are the memory limits off?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, is_prefork, value, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "limits-missing"

WITHOUT = {
    "limit_memory_soft": "a worker that has grown is never replaced",
    "limit_memory_hard": "one request can take all the memory of the host",
}
ARTICLE = {"limit_memory_soft": 671088640, "limit_memory_hard": 805306368}
"""The article's odoo.conf: 640 MB and 768 MB."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per limit that is off."""
    del facts
    for option in WITHOUT:
        setting = deployment.setting(option)
        if setting is None or setting.refusal is not None or not is_prefork(deployment):
            continue
        if not value(deployment, option):
            yield _finding(deployment, option)


def _finding(deployment: Deployment, option: str) -> Finding:
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"{option} is off: {WITHOUT[option]}",
        evidence=[
            cited(deployment, option),
            Evidence("default", "0, False and None turn this limit off", "odoo/service/server.py"),
        ],
        cure=f"delete the line for the default, or set {option} = {ARTICLE[option]} with the "
        "article, once a fresh worker is known to stay below it",
        deployment=deployment.name,
        where=where(deployment, option),
    )


RULE = Rule(id=ID, title="A memory limit is off", severity="warning", check=check)

"""Is there a value that the server passes over?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, conf_of, odoo
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence, is_known
from workeroo.facts.conf import Entry
from workeroo.facts.deployment import Deployment
from workeroo.facts.effective import skipped_entries
from workeroo.facts.snapshot import Facts

ID = "skipped-value"

MATTERS = ("workers", "limit_", "max_cron_threads", "db_maxconn")
"""Beginnings of the names where a default in the place of False surprises; on a text or path,
False and the default are both "nothing"."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per value that is passed over although it looks like a decision."""
    del facts
    conf = conf_of(deployment)
    if conf is None or not is_known(deployment.series):
        return
    for entry in skipped_entries(conf, deployment.series):
        if entry.name.startswith(MATTERS):
            yield _finding(deployment, entry, f"{conf.path}:{entry.line}")


def _finding(deployment: Deployment, entry: Entry, place: str) -> Finding:
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"{odoo(deployment)} passes over '{entry.name} = {entry.value}'",
        evidence=[
            Evidence("read", f"{entry.name} = {entry.value}", place),
            cited(deployment, entry.name),
        ],
        cure=f"write '{entry.name} = 0' if it is to be off and 0 means that, else the number that "
        "you want, or delete the line",
        deployment=deployment.name,
        where=place,
    )


RULE = Rule(id=ID, title="A value that the server passes over", severity="warning", check=check)

"""Is an option called by its old name?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import conf_of, odoo
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.effective import Renamed, renamed_entries
from workeroo.facts.snapshot import Facts

ID = "renamed-option"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A warning where the old name is dead, a note where it still works."""
    del facts
    conf = conf_of(deployment)
    if conf is None or not is_known(deployment.series):
        return
    for renamed in renamed_entries(conf, deployment.series):
        yield _finding(deployment, renamed, f"{conf.path}:{renamed.entry.line}")


def _finding(deployment: Deployment, renamed: Renamed, place: str) -> Finding:
    old, new = renamed.entry.name, renamed.option
    server = odoo(deployment)
    dead = f"{old} means nothing to {server}: the option is {new}"
    alive = f"{old} is the old name of {new}; {server} still heeds it"
    return Finding(
        rule=ID,
        severity="note" if renamed.honoured else "warning",
        confidence="high",
        title=alive if renamed.honoured else dead,
        evidence=[Evidence("read", f"{old} = {renamed.entry.value}", place)],
        cure=f"write '{new} = {renamed.entry.value}' in its place",
        deployment=deployment.name,
        where=place,
    )


RULE = Rule(id=ID, title="An option under an old name", severity="warning", check=check)

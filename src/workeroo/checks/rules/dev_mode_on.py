"""Does a server with users run in developer mode?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import conf_of
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "dev-mode-on"

OFF = ("", "False", "false", "None")


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """dev_mode in the file, with anything but nothing."""
    del facts
    conf = conf_of(deployment)
    entry = conf.entry("dev_mode") if conf else None
    if conf is None or entry is None or entry.value in OFF:
        return
    place = f"{conf.path}:{entry.line}"
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"dev_mode = {entry.value}: developer mode on a server",
        evidence=[Evidence("read", f"dev_mode = {entry.value}", place)],
        cure="delete the line, unless this is a developer's machine",
        deployment=deployment.name,
        where=place,
    )


RULE = Rule(id=ID, title="Developer mode on a server", severity="warning", check=check)

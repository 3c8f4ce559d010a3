"""Does a server with users run in developer mode?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, value, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "dev-mode-on"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """dev_mode where the server heeds it, with anything but nothing."""
    del facts
    setting = deployment.setting("dev_mode")
    words = value(deployment, "dev_mode")
    if setting is None or not words:
        return
    in_file = setting.source == "file"
    cure = "delete the line" if in_file else f"start the server without {setting.where}"
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"dev_mode = {words}: developer mode on a server",
        evidence=[cited(deployment, "dev_mode")],
        cure=f"{cure}, unless this is a developer's machine",
        deployment=deployment.name,
        where=where(deployment, "dev_mode"),
    )


RULE = Rule(id=ID, title="Developer mode on a server", severity="warning", check=check)

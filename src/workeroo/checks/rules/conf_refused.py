"""Does the server refuse to start with one of its values?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.problems import has_comment
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.snapshot import Facts

ID = "conf-refused"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per refused value; `inline-comment` tells of those with a comment behind."""
    del facts
    for setting in deployment.settings.values():
        if setting.refusal is not None and not has_comment(deployment, setting.option):
            yield _finding(deployment, setting, setting.refusal)


def _finding(deployment: Deployment, setting: Setting, refusal: str) -> Finding:
    verdict, _, reason = refusal.partition(" with this: ")
    return Finding(
        rule=ID,
        severity="error",
        confidence="high",
        title=f"{verdict} with this: {_place(setting)}, {setting.option}: {reason}",
        evidence=[Evidence("read", f"{setting.option}: {reason}", setting.where)],
        cure=f"give {setting.option} a value that the series reads: a plain number without unit "
        "for sizes and times, True or False for switches",
        deployment=deployment.name,
        where=setting.where if setting.source == "file" else None,
    )


def _place(setting: Setting) -> str:
    if setting.source == "file":
        return f"line {setting.where.rpartition(':')[2]}"
    return setting.where


RULE = Rule(
    id=ID,
    title="The server does not start with a value",
    severity="error",
    check=check,
    about="file",
)

"""Is there a comment behind a value?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.catalog.options import canonical
from workeroo.checks.asking import conf_of, odoo
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence, is_known
from workeroo.facts.conf import Entry
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "inline-comment"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per line that carries a comment."""
    del facts
    conf = conf_of(deployment)
    for entry in conf.options() if conf else []:
        if conf and entry.inline_comment is not None:
            yield _finding(deployment, entry, f"{conf.path}:{entry.line}")


def _finding(deployment: Deployment, entry: Entry, place: str) -> Finding:
    fatal = _is_fatal(deployment, entry)
    title = (
        f"{odoo(deployment)} will not start with this: line {entry.line}, inline comment"
        if fatal
        else f"line {entry.line}, inline comment: {odoo(deployment)} takes it as part of the value"
    )
    kept = entry.value.removesuffix(entry.inline_comment or "").rstrip()
    return Finding(
        rule=ID,
        severity="error" if fatal else "warning",
        confidence="high",
        title=title,
        evidence=[
            Evidence("read", f"{entry.name} = {entry.value}", place),
            Evidence("default", "only a whole line can be a comment", "Odoo: tools/config.py"),
        ],
        cure=f"write '{entry.name} = {kept}' and put the comment on a line of its own above it",
        deployment=deployment.name,
        where=place,
    )


def _is_fatal(deployment: Deployment, entry: Entry) -> bool:
    if not is_known(deployment.series):
        return False
    setting = deployment.setting(canonical(entry.name, deployment.series) or entry.name)
    return setting is not None and setting.refusal is not None


RULE = Rule(
    id=ID, title="A comment stands behind a value", severity="error", check=check, about="file"
)

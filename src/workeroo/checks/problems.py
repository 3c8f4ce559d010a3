"""What is wrong with an odoo.conf as a file, before any value of it is judged?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workeroo.catalog.options import canonical
from workeroo.checks.asking import conf_of, odoo
from workeroo.checks.product import Finding
from workeroo.evidence import Evidence, is_known
from workeroo.facts.conf import ConfFile, Problem
from workeroo.facts.deployment import Deployment


def findings(rule: str, deployment: Deployment, cures: Mapping[str, str]) -> Iterator[Finding]:
    """One finding per problem of the kinds that have a cure here."""
    conf = conf_of(deployment)
    for problem in conf.problems if conf else []:
        if conf and problem.kind in cures:
            yield _finding(rule, deployment, conf, problem, cures[problem.kind])


def has_comment(deployment: Deployment, option: str) -> bool:
    """Whether the file's line for an option carries a comment, under any of its names."""
    conf = conf_of(deployment)
    if conf is None or not is_known(deployment.series):
        return False
    series = deployment.series
    return any(
        entry.inline_comment is not None
        for entry in conf.options()
        if canonical(entry.name, series) == option
    )


def _finding(
    rule: str, deployment: Deployment, conf: ConfFile, problem: Problem, cure: str
) -> Finding:
    place = f"{conf.path}:{problem.line}"
    fatal = f"{odoo(deployment)} will not start with this: line {problem.line}, {problem.text}"
    return Finding(
        rule=rule,
        severity="error" if problem.fatal else "warning",
        confidence="high",
        title=fatal if problem.fatal else problem.text,
        evidence=[Evidence("read", problem.text, place)],
        cure=cure,
        deployment=deployment.name,
        where=place,
    )

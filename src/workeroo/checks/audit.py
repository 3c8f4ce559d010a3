"""What do all rules say of these facts?"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from workeroo.checks.asking import conf_of
from workeroo.checks.product import Audit, CouldNotTell, Finding, Rule, Severity, Verdict
from workeroo.checks.rules import RULES
from workeroo.evidence import Evidence, Rank, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

_RANKS: tuple[Rank, ...] = ("measured", "read", "declared", "default", "assumed")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


def audit(facts: Facts) -> Audit:
    """Ask every rule of every deployment; the worst findings come first.

    What several deployments share, such as swap of the host, is told once. A rule that raises is
    a fault of Workeroo and is not caught here.
    """
    verdicts = _once(_asked(facts, RULES.values()))
    findings = [_ranked(verdict) for verdict in verdicts if isinstance(verdict, Finding)]
    unknown = [verdict for verdict in verdicts if isinstance(verdict, CouldNotTell)]
    return Audit(
        findings=sorted(findings, key=_place),
        unknown=sorted(unknown, key=lambda verdict: (verdict.rule, verdict.deployment or "")),
        checked=len(RULES) if facts.deployments else 0,
    )


def _asked(facts: Facts, rules: Iterable[Rule]) -> Iterable[Verdict]:
    for rule in rules:
        for deployment in facts.deployments:
            yield from _verdicts(rule, facts, deployment)


def _verdicts(rule: Rule, facts: Facts, deployment: Deployment) -> list[Verdict]:
    """What a rule says, or that it cannot: never the silence of settings that are not known."""
    if rule.about != "settings":
        return list(rule.check(facts, deployment))
    if _says_nothing(deployment):
        reason = "odoo.conf has no [options] header, so what it sets is not known"
        return [CouldNotTell(rule=rule.id, reason=reason, deployment=deployment.name)]
    found = list(rule.check(facts, deployment))
    if deployment.settings or found:
        return found
    reason = f"the settings are not known{_series_reason(deployment)}"
    return [CouldNotTell(rule=rule.id, reason=reason, deployment=deployment.name)]


def _series_reason(deployment: Deployment) -> str:
    series = deployment.series
    return "" if is_known(series) else f", because the series is not: {series.reason}"


def _says_nothing(deployment: Deployment) -> bool:
    """Whether the file is refused as a whole: its values are not read, the defaults no truth."""
    conf = conf_of(deployment)
    if conf is None or conf.options():
        return False
    return any(problem.kind == "no-section-header" for problem in conf.problems)


def _once(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Each verdict once; they hold lists, so no set can do it."""
    kept: list[Verdict] = []
    for verdict in verdicts:
        if verdict not in kept:
            kept.append(verdict)
    return kept


def _place(finding: Finding) -> tuple[int, bool, str, str]:
    """The worst first, then what keeps the server from starting, then by rule.

    Findings of one rule stay in the order in which it made them, which is that of the file.
    """
    severity = _SEVERITIES.index(finding.severity)
    first = RULES[finding.rule].about == "file"
    return severity, not first, finding.rule, finding.deployment or ""


def _ranked(finding: Finding) -> Finding:
    """The finding with its surest evidence first."""
    evidence = sorted(finding.evidence, key=_rank)
    return msgspec.structs.replace(finding, evidence=evidence)


def _rank(evidence: Evidence) -> int:
    return _RANKS.index(evidence.rank)

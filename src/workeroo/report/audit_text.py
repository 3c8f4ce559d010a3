"""How is an audit told to people?

The verdict in the first lines, then each finding with its evidence and its cure, the worst first,
then what could not be told. Texts come from files of a server that may be hostile: whatever a
terminal could take for a command is shown as an escape.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workeroo.checks.product import Audit, CouldNotTell, Finding, Rule
from workeroo.evidence import Evidence
from workeroo.report.paint import Paint
from workeroo.units import format_count

SEVERITIES = ("error", "warning", "note")
MOST_OF_A_RULE = 5
"""Findings of one rule and deployment that are told in full; a file may hold a thousand slips."""

LONGEST_TEXT = 400
"""Characters of a text that a terminal gets; the whole is in the JSON."""

HANG = "    "
LOOKED_AT = "processes, settings, memory, cores, nginx and PostgreSQL"


def audit_text(audit: Audit, paint: Paint) -> str:
    """An audit as text."""
    several = len({f.deployment for f in audit.findings if f.deployment}) > 1
    told = (_finding(finding, paint, several=several) for finding in _shown(audit.findings))
    parts = [_verdict(audit, paint), *told, *_left_out(audit.findings, paint)]
    if audit.unknown:
        parts.append(_unknown(audit.unknown, paint))
    if audit.findings:
        hint = "'workeroo audit --explain RULE' tells more of a rule, such as "
        parts.append(paint.dim(paint.wrap(f"{hint}{audit.findings[0].rule}.")))
    return "\n\n".join(parts)


def rules_text(rules: Iterable[Rule], paint: Paint) -> str:
    """Every rule with its title, one a line."""
    listed = list(rules)
    width = max(len(rule.id) for rule in listed)
    lines = (
        f"{paint.severity(rule.severity, f'{rule.severity:7}')} {rule.id:{width}} {rule.title}"
        for rule in listed
    )
    return "\n".join(lines)


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text that no terminal takes for a command, cut where it is endless."""
    cut = text if len(text) <= longest else f"{text[:longest]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def _verdict(audit: Audit, paint: Paint) -> str:
    if not audit.findings:
        open_too = ", as far as could be told" if audit.unknown else ""
        text = f"Nothing is wrong{open_too}."
        asked = f"{format_count(audit.checked, 'rule')} looked at {LOOKED_AT}."
        return f"{paint.good(text)}\n{paint.dim(paint.wrap(asked))}"
    counts = ", ".join(_counts(audit.findings))
    worst = audit.findings[0]
    first = paint.bold(f"{counts}.")
    return f"{first}\n{paint.wrap(plain(worst.title), HANG, 'Worst: ')}"


def _counts(findings: list[Finding]) -> Iterator[str]:
    for severity in SEVERITIES:
        number = sum(finding.severity == severity for finding in findings)
        if number:
            yield format_count(number, severity)


def _shown(findings: list[Finding]) -> Iterator[Finding]:
    """The findings, but of each rule and deployment only the first ones."""
    told: dict[tuple[str, str | None], int] = {}
    for finding in findings:
        key = finding.rule, finding.deployment
        told[key] = told.get(key, 0) + 1
        if told[key] <= MOST_OF_A_RULE:
            yield finding


def _left_out(findings: list[Finding], paint: Paint) -> Iterator[str]:
    rest = len(findings) - len(list(_shown(findings)))
    if rest:
        text = f"{format_count(rest, 'more finding')} of the same rules; --json tells them all."
        yield paint.wrap(text)


def _finding(finding: Finding, paint: Paint, *, several: bool) -> str:
    label = f"{finding.severity}:"
    head = paint.wrap(f"{label} {plain(finding.title)}", HANG, "")
    lines = [paint.severity(finding.severity, label) + head.removeprefix(label)]
    if several and finding.deployment is not None:
        lines.append(paint.wrap(f"on {plain(finding.deployment)}", HANG))
    lines += [paint.dim(_evidence(evidence, paint)) for evidence in finding.evidence]
    lines.append(paint.wrap(plain(finding.cure), f"{HANG}  ", f"{HANG}> "))
    lines.append(paint.dim(f"{HANG}[{finding.rule}, {finding.confidence} confidence]"))
    return "\n".join(lines)


def _evidence(evidence: Evidence, paint: Paint) -> str:
    source = f", {plain(evidence.source)}" if evidence.source else ""
    text = f"{plain(evidence.text)} ({evidence.rank}{source})"
    return paint.wrap(text, f"{HANG}  ", f"{HANG}- ")


def _unknown(unknown: list[CouldNotTell], paint: Paint) -> str:
    """The reasons, each with the rules that it keeps from judging."""
    by_reason: dict[str, list[str]] = {}
    for open_one in unknown:
        rules = by_reason.setdefault(open_one.reason, [])
        if open_one.rule not in rules:
            rules.append(open_one.rule)
    lines = ["Could not tell:"]
    for reason, rules in by_reason.items():
        text = f"{plain(reason)}: {', '.join(rules)}"
        lines.append(paint.wrap(text, f"{HANG}  ", f"{HANG}- "))
    return "\n".join(lines)

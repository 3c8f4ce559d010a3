"""The reference of the rules of an audit, made from the rules and their pages."""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.checks.product import Severity
from workeroo.checks.rules import RULES, page

OPENING = f"""# The rules of an audit

Made from `src/workeroo/checks/rules/` by `make docs`; change it there. There are {len(RULES)} of
them. `workeroo audit --explain RULE` prints the same pages; [how to read an audit](../audit.md).

The severity is that of most findings of the rule; where it depends on the numbers, its page says
so. An error is broken now, or will break; a warning costs or risks something; a note is worth
knowing.
"""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


def rules_page() -> str:
    """The page of all rules: a table, then the page of each."""
    return "\n".join([OPENING, *_table(), *(_section(rule) for rule in RULES)])


def pages() -> dict[str, str]:
    """The page with its text."""
    return {"docs/reference/rules.md": rules_page()}


def _table() -> Iterator[str]:
    yield "| rule | severity | looks for |"
    yield "|---|---|---|"
    for severity in SEVERITIES:
        for rule in RULES.values():
            if rule.severity == severity:
                yield f"| [`{rule.id}`](#{rule.id}) | {severity} | {rule.title} |"
    yield ""


def _section(rule: str) -> str:
    """A rule's page, one level of headings deeper."""
    lines = page(rule).splitlines()
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in lines) + "\n"

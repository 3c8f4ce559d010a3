"""Does an audit read well, and safely, in a terminal?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.checks.product import Audit, CouldNotTell, Finding, Severity
from workeroo.evidence import Evidence
from workeroo.report.audit_text import audit_text, plain
from workeroo.report.paint import Paint

PAINT = Paint()


def finding(rule: str = "a-rule", severity: Severity = "warning", **rest: str) -> Finding:
    said = {"title": "9 workers on 1 core", "cure": "set workers = 3", **rest}
    return Finding(
        rule=rule,
        severity=severity,
        confidence="high",
        title=said["title"],
        cure=said["cure"],
        deployment=said.get("deployment"),
        evidence=[Evidence("read", said.get("evidence", "workers = 9"), "odoo.conf:3")],
    )


def told(*findings: Finding, unknown: list[CouldNotTell] | None = None) -> Audit:
    return Audit(findings=list(findings), unknown=unknown or [], checked=60)


def test_the_verdict_stands_in_the_first_lines() -> None:
    error = finding("worse", "error", title="the server is dead")

    text = audit_text(told(error, finding(), finding("other")), PAINT)

    assert text.splitlines()[:2] == ["1 error, 2 warnings.", "Worst: the server is dead"]


def test_a_finding_has_its_title_evidence_cure_and_rule() -> None:
    text = audit_text(told(finding()), PAINT)

    assert "warning: 9 workers on 1 core" in text
    assert "- workers = 9 (read, odoo.conf:3)" in text
    assert "> set workers = 3" in text
    assert "[a-rule, high confidence]" in text


def test_when_nothing_is_wrong_it_says_so_and_what_it_looked_at() -> None:
    assert audit_text(told(), PAINT).splitlines() == [
        "Nothing is wrong.",
        "60 rules looked at processes, settings, memory, cores, nginx and PostgreSQL.",
    ]


def test_what_could_not_be_told_is_gathered_by_reason() -> None:
    open_ones = [CouldNotTell(rule=rule, reason="no host") for rule in ("one", "two")]

    assert "- no host: one, two" in audit_text(told(unknown=open_ones), PAINT)


def test_the_deployment_is_named_only_where_there_are_several() -> None:
    one = finding(deployment="first")

    assert "on first" not in audit_text(told(one), PAINT)
    assert "on first" in audit_text(told(one, finding(deployment="second")), PAINT)


def test_a_thousand_findings_of_one_rule_are_not_all_told() -> None:
    text = audit_text(told(*[finding(title=f"slip {n}") for n in range(1000)]), PAINT)

    assert text.startswith("1000 warnings.")
    assert "995 more findings of the same rules" in text
    assert len(text) < 5000


def test_no_line_is_wider_than_the_terminal() -> None:
    long = "a sentence that goes on and on " * 20
    text = audit_text(told(finding(title=long, cure=long, evidence=long)), PAINT)

    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("colour", [True, False])
def test_colour_changes_no_word(*, colour: bool) -> None:
    import click  # noqa: PLC0415 - only here

    text = audit_text(told(finding()), Paint(colour=colour))

    assert click.unstyle(text) == audit_text(told(finding()), PAINT)
    assert ("\x1b" in text) is colour


@given(st.text(max_size=200))
def test_nothing_that_a_terminal_obeys_comes_through(hostile: str) -> None:
    one = finding(title=hostile, cure=hostile, evidence=hostile, deployment=hostile)
    other = finding(deployment=f"{hostile}!")
    unknown = [CouldNotTell(rule="a-rule", reason=hostile)]

    text = audit_text(told(one, other, unknown=unknown), PAINT)

    assert all(c.isprintable() or c == "\n" for c in text)


def test_an_escape_sequence_is_shown_as_text() -> None:
    assert plain("\x1b]0;owned\x07 \u202e") == "\\x1b]0;owned\\x07 \\u202e"

"""Does every rule fire on what it is for, and on nothing else?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workeroo.checks.audit import audit
from workeroo.checks.rules import RULES
from workeroo.facts.snapshot import Facts

HERE = Path(__file__).parent
MAIN = "odoo (pid 812, port 8069)"

ON = "on.txt"
"""The deployments that the rule is meant to speak of, one a line, where it is not the main one."""

EXPECTED_TOO = "also.txt"
"""Other rules that an example cannot but break, one a line: one HTTP worker breaks three."""


def examples(kind: str) -> list[Path]:
    """Every folder below <rule>/<kind> that holds an example."""
    found = {path.parent for name in ("odoo.conf", "facts.json") for path in HERE.rglob(name)}
    return sorted(folder for folder in found if kind in folder.relative_to(HERE).parts)


def rule_of(example: Path) -> str:
    return example.relative_to(HERE).parts[0]


def identifier(example: Path) -> str:
    return str(example.relative_to(HERE))


@pytest.mark.parametrize("example", examples("fires"), ids=identifier)
def test_a_rule_fires_on_its_example_and_no_other_rule_does(
    example: Path, facts_of: Callable[[Path], Facts]
) -> None:
    told = audit(facts_of(example))

    also = example / EXPECTED_TOO
    expected = {rule_of(example), *(also.read_text().split() if also.exists() else [])}
    assert {finding.rule for finding in told.findings} == expected
    mine = [finding for finding in told.findings if finding.rule == rule_of(example)]
    on = example / ON
    meant = set(on.read_text().splitlines()) if on.exists() else {MAIN}
    assert {finding.deployment for finding in mine} in (meant, {None})


@pytest.mark.parametrize("example", examples("quiet"), ids=identifier)
def test_a_rule_keeps_quiet_where_all_is_well(
    example: Path, facts_of: Callable[[Path], Facts]
) -> None:
    told = audit(facts_of(example))

    also = example / EXPECTED_TOO
    expected = set(also.read_text().split() if also.exists() else [])
    assert {finding.rule for finding in told.findings} == expected
    assert rule_of(example) not in expected


@pytest.mark.parametrize("kind", ["fires", "quiet"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_examples_of_both_kinds(rule: str, kind: str) -> None:
    assert [example for example in examples(kind) if rule_of(example) == rule]


def test_every_folder_of_examples_has_its_rule() -> None:
    assert {rule_of(example) for example in examples("fires") + examples("quiet")} == set(RULES)

"""Is every recorded host judged as a person who read it would judge it?

`tests/worlds/<story>/findings.txt` holds one finding a line: severity, rule and where it was found,
if not on the host as a whole.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from workeroo.checks.audit import audit
from workeroo.checks.product import Finding
from workeroo.facts.snapshot import decode_facts

WORLDS = Path(__file__).parent.parent / "worlds"
STORIES = sorted(folder.parent.name for folder in WORLDS.glob("*/facts.json"))


def line(finding: Finding) -> str:
    on = f" on {finding.deployment}" if finding.deployment else ""
    return f"{finding.severity} {finding.rule}{on}"


@pytest.mark.parametrize("story", STORIES)
def test_a_recorded_host_is_judged_as_it_reads(story: str) -> None:
    path = WORLDS / story / "facts.json"

    told = audit(decode_facts(path.read_bytes(), str(path)))

    expected = (WORLDS / story / "findings.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(line(finding) for finding in told.findings) == sorted(expected)


def test_what_a_stranger_may_not_read_is_left_open_and_not_called_sound() -> None:
    path = WORLDS / "stranger" / "facts.json"

    told = audit(decode_facts(path.read_bytes(), str(path)))

    assert len(told.unknown) > len(told.findings)
    assert all(open_one.reason for open_one in told.unknown)

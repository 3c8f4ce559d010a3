"""Do the pages say what the code does?"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from workeroo.cli import COMMANDS

HOUSE = Path(__file__).parent.parent
PAGES = sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CALL = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?workeroo ([a-z]+)", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE)))
def test_every_command_that_a_page_calls_exists(page: Path) -> None:
    called = set(CALL.findall(page.read_text(encoding="utf-8")))

    assert called <= set(COMMANDS)


def test_the_readme_names_every_command() -> None:
    readme = (HOUSE / "README.md").read_text(encoding="utf-8")

    assert [name for name in COMMANDS if f"workeroo {name}" not in readme] == []


def test_the_generated_pages_are_fresh() -> None:
    result = subprocess.run(
        [sys.executable, str(HOUSE / "scripts" / "reference"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr

"""Is the reference made from the catalogue as it stands?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workeroo.catalog.options import OPTIONS

HOUSE = Path(__file__).parents[2]


def test_the_pages_are_fresh() -> None:
    command = [sys.executable, str(HOUSE / "scripts" / "reference"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


def test_every_option_has_its_section() -> None:
    page = (HOUSE / "docs" / "reference" / "options.md").read_text(encoding="utf-8")
    assert [name for name in OPTIONS if f"\n### {name}\n" not in page] == []

"""Does the reference speak of every option?"""

from __future__ import annotations

from pathlib import Path

import pytest

from workeroo.catalog.options import OPTIONS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "options.md"


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_has_its_section_and_its_row(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"\n### {name}\n" in page
    assert f"\n| [`{name}`](#{name}) |" in page

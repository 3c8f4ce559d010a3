"""docs/audit.md shows what the command really prints."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from workeroo.checks.rules import RULES
from workeroo.cli import run

HOUSE = Path(__file__).parents[2]
TEXT = (HOUSE / "docs" / "audit.md").read_text(encoding="utf-8")
ARTICLE = HOUSE / "tests" / "facts" / "odooconf" / "article.conf"
CONSOLE = re.compile(r"```console\n\$ workeroo ([^\n]+)\n(.*?)```", re.DOTALL)
BLOCKS = [(shlex.split(match[1]), match[2]) for match in CONSOLE.finditer(TEXT)]
LEFT_OUT = "...\n"


@pytest.fixture(autouse=True)
def files_of_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    shutil.copy(ARTICLE, "odoo.conf")
    Path("mended.conf").write_text(re.sub(" ;.*", "", ARTICLE.read_text()))


def test_the_page_has_its_examples() -> None:
    assert len(BLOCKS) == 2
    assert f'"checked": {len(RULES)}' in TEXT


@pytest.mark.parametrize(("arguments", "shown"), BLOCKS, ids=[" ".join(a) for a, _ in BLOCKS])
def test_a_console_block_comes_out_as_it_stands(
    capsys: pytest.CaptureFixture[str], arguments: list[str], shown: str
) -> None:
    assert run(arguments) == 2

    rest = capsys.readouterr().out
    for number, part in enumerate(shown.split(LEFT_OUT)):
        position = rest.find(part)
        assert position == 0 if number == 0 else position >= 0, part
        rest = rest[position + len(part) :]

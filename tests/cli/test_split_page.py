"""docs/split.md shows what the commands really print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from workeroo.cli import run

PAGE = Path(__file__).parents[2] / "docs" / "split.md"
CONSOLE = re.compile(r"```console\n\$ workeroo ([^\n]+)\n(.*?)```", re.DOTALL)
BLOCKS = [
    (shlex.split(match[1]), match[2])
    for match in CONSOLE.finditer(PAGE.read_text(encoding="utf-8"))
]
LEFT_OUT = "...\n"


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_the_page_has_its_examples() -> None:
    assert len(BLOCKS) == 2


@pytest.mark.parametrize(("arguments", "shown"), BLOCKS, ids=[" ".join(a) for a, _ in BLOCKS])
def test_a_console_block_comes_out_as_it_stands(
    capsys: pytest.CaptureFixture[str], arguments: list[str], shown: str
) -> None:
    assert run(arguments) == 0

    rest = capsys.readouterr().out
    for number, part in enumerate(shown.split(LEFT_OUT)):
        position = rest.find(part)
        assert position == 0 if number == 0 else position >= 0, part
        rest = rest[position + len(part) :]

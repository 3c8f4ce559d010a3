"""docs/plan.md shows what the command really prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from workeroo.cli import run

PAGE = Path(__file__).parents[2] / "docs" / "plan.md"
TEXT = PAGE.read_text(encoding="utf-8")
CONSOLE = re.compile(r"```console\n\$ workeroo ([^\n]+)\n(.*?)```", re.DOTALL)
BLOCKS = [(shlex.split(match[1]), match[2]) for match in CONSOLE.finditer(TEXT)]
FORMULA_ROW = re.compile(r"^\| \d+ \| (\d+) \| ([\d.]+ GB) \| `workeroo (.+)` \|$", re.MULTILINE)
LEFT_OUT = "...\n"


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_the_page_has_its_examples() -> None:
    assert len(BLOCKS) == 6
    assert len(FORMULA_ROW.findall(TEXT)) == 3


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


@pytest.mark.parametrize(("workers", "memory", "call"), FORMULA_ROW.findall(TEXT))
def test_a_row_of_the_formula_s_table_comes_out_as_it_stands(
    capsys: pytest.CaptureFixture[str], workers: str, memory: str, call: str
) -> None:
    run(shlex.split(call))

    out = capsys.readouterr().out
    assert f"\nworkers = {workers}\n" in out
    assert f"{workers} x 300 MB = {memory};" in out

"""docs/diagnose.md shows what the command really prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from workeroo.cli import run

HERE = Path(__file__).parent
TEXT = (HERE.parents[1] / "docs" / "diagnose.md").read_text(encoding="utf-8")
CONSOLE = re.compile(r"```console\n\$ workeroo ([^\n]+)\n(.*?)```", re.DOTALL)
LEFT_OUT = "...\n"


def test_the_console_block_comes_out_as_it_stands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(HERE / "diagnose-page")
    blocks = CONSOLE.findall(TEXT)
    assert len(blocks) == 1
    arguments, shown = blocks[0]

    assert run(shlex.split(arguments)) == 2

    rest = capsys.readouterr().out
    for number, part in enumerate(shown.split(LEFT_OUT)):
        position = rest.find(part)
        assert position == 0 if number == 0 else position >= 0, part
        rest = rest[position + len(part) :]

"""Does `workeroo facts` give JSON to programs and a sentence to people?"""

from __future__ import annotations

from pathlib import Path

import pytest

from workeroo.cli import run
from workeroo.facts.host import Host
from workeroo.facts.snapshot import decode_facts


def test_the_json_goes_to_stdout_and_the_talk_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["facts"]) == 0

    printed = capsys.readouterr()
    assert isinstance(decode_facts(printed.out.encode(), "stdout").host, Host)
    assert printed.err.startswith("workeroo: ")
    assert "core" in printed.err


def test_the_json_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "server.json"

    assert run(["facts", "--out", str(out)]) == 0
    assert isinstance(decode_facts(out.read_bytes(), "server.json").host, Host)
    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["facts", "--out", str(tmp_path / "none" / "server.json")]) == 73
    assert "--out" in capsys.readouterr().err

"""Does the command line answer every call with a sentence and a status that mean something?"""

from __future__ import annotations

import subprocess
import sys

import pytest

from workeroo import __version__
from workeroo.cli import COMMANDS, run


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0

    printed = capsys.readouterr().out
    assert all(name in printed for name in COMMANDS)


def test_the_help_imports_no_command() -> None:
    script = (
        "import sys; from workeroo.cli import run; run(['--help']);"
        "print([m for m in sys.modules if m.startswith(('workeroo.cli.', 'rich', 'crossplane'))])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_80_columns(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([name, "--help"]) == 0

    assert all(len(line) <= 80 for line in capsys.readouterr().out.splitlines())


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"workeroo {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["plan", "--nonsense"], ["completion", "tcsh"]]
)
def test_a_wrong_call_is_one_sentence_that_names_the_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 64

    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "--help" in printed.err


def test_no_arguments_show_the_help_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 64
    assert "Commands:" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_printed(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["completion", shell]) == 0
    assert "_WORKEROO_COMPLETE" in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_failure() -> None:
    command = f"{sys.executable} -m workeroo completion bash | true; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert result.stderr == ""

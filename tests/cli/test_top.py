"""Does `workeroo top` show a real Odoo, and say what is missing where something is?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from workeroo.cli import run
from workeroo.lab.lab import Lab

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "top-1.json"


@pytest.fixture(scope="module")
def server(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a deployment that runs."""
    conf = tmp_path_factory.mktemp("top") / "odoo.conf"
    conf.write_text("[options]\nworkers = 2\nmax_cron_threads = 0\n", encoding="utf-8")
    lab = lab_factory("pulse")  # the one that the watch is tried on too
    lab.up(conf=conf)
    return f"pid {lab.master_pid}"


@pytest.mark.lab
def test_one_look_is_told_as_text_and_as_json(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["top", "--once", "--deployment", server]) == 0
    text = capsys.readouterr().out
    assert "2 for HTTP: 0 busy, 2 idle" in text

    assert run(["top", "--json", "--deployment", server]) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert told["pulse"]["trouble"] == []
    assert told["queue_seconds"] == 0


@pytest.mark.lab
def test_the_screen_without_its_library_is_one_sentence(server: str) -> None:
    script = (
        "import sys; sys.modules['textual.app'] = None\n"
        "from workeroo.cli import run\n"
        f"sys.exit(run(['top', '--deployment', {server!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert done.returncode == 64
    assert done.stderr.count("\n") == 1
    assert "pip install 'workeroo[top]'" in done.stderr


def test_a_deployment_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["top", "--once", "--deployment", "no such Odoo"]) == 64
    assert "no such Odoo" in capsys.readouterr().err

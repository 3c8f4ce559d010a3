"""Does `workeroo top` show a real Odoo, and say what is missing where something is?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest

from workeroo.cli import run
from workeroo.cli.watching import Watch, chosen
from workeroo.errors import Unavailable
from workeroo.lab.lab import Lab

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "top-1.json"


@pytest.fixture(scope="module")
def lab_of_two(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A lab that runs with two workers."""
    conf = tmp_path_factory.mktemp("top") / "odoo.conf"
    conf.write_text("[options]\nworkers = 2\nmax_cron_threads = 0\n", encoding="utf-8")
    lab = lab_factory("pulse")  # the one that the watch is tried on too
    lab.up(conf=conf)
    return lab


@pytest.fixture
def server(lab_of_two: Lab) -> str:
    """The name of its deployment."""
    return f"pid {lab_of_two.master_pid}"


@pytest.mark.lab
def test_one_look_is_told_as_text_and_as_json(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["top", "--deployment", server]) == 0  # as in a pipe: no screen, one look
    text = capsys.readouterr().out
    assert "2 for HTTP: 0 busy, 2 idle" in text

    assert run(["top", "--json", "--deployment", server]) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert told["pulse"]["trouble"] == []
    assert told["queue_seconds"] == 0


@pytest.mark.lab
def test_a_server_that_was_started_anew_is_found_again(lab_of_two: Lab, server: str) -> None:
    with closing(Watch(chosen(server), None)) as watch:
        before = watch.look()
        lab_of_two.restart()
        with pytest.raises(Unavailable, match="has ended"):
            watch.look()
        after = watch.look()

    assert before.master_pid != after.master_pid == lab_of_two.master_pid
    assert after.port == lab_of_two.http_port


@pytest.mark.lab
def test_the_screen_without_its_library_is_one_sentence(server: str) -> None:
    script = (
        "import sys; sys.modules['textual.app'] = None; sys.stdout.isatty = lambda: True\n"
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

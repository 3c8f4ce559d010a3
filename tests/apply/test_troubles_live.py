"""Does a real server end verified when a person or a pipe breaks off in the middle?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.apply.test_apply_live import Server

from workeroo.lab.lab import Lab
from workeroo.probe.handshake import health

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def up(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> Server:
    lab = lab_factory("troubles")
    lab.up()
    return Server(lab, tmp_path_factory.mktemp("state"))


@pytest.fixture
def server(up: Server, tmp_path: Path) -> Server:
    up.state = tmp_path
    return up


def begun(server: Server) -> subprocess.Popen[str]:
    """An apply that has just said that it restarts Odoo."""
    program = subprocess.Popen(
        [sys.executable, "-m", "workeroo", *server.apply_words()],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "XDG_STATE_HOME": str(server.state)},
    )  # fmt: skip
    assert program.stderr is not None
    while not program.stderr.readline().startswith("restarting Odoo"):
        assert program.poll() is None
    return program


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_in_a_restart_undoes_the_change_and_the_server_is_verified(
    server: Server, number: signal.Signals
) -> None:
    before = server.files()
    program = begun(server)

    os.killpg(program.pid, number)
    told, _ = program.communicate()

    assert program.returncode == 1
    change = json.loads(told)
    assert change["state"] == "restored"
    assert all(one["holds"] is not False for one in change["verified"])
    assert server.files() == before
    assert health(server.lab.url) == 200


def test_a_reader_that_goes_away_does_not_stop_the_change(server: Server) -> None:
    before = server.files()
    program = begun(server)
    assert program.stdout is not None
    assert program.stderr is not None

    program.stdout.close()
    program.stderr.close()

    assert program.wait() == 0
    history = json.loads(server.call("history", "--json").stdout)["changes"]
    assert [change["state"] for change in history] == ["done"]
    assert server.call("rollback", "--yes").returncode == 0
    assert server.files() == before


def test_what_odoo_had_not_read_yet_is_expected_after_a_rollback(server: Server) -> None:
    """Somebody edits a sound odoo.conf and does not restart; then the change is taken back."""
    before = server.lab.conf_path.read_bytes()
    server.lab.conf_path.write_bytes(before.replace(b"workers = 2", b"workers = 1"))
    assert server.call(*server.apply_words()).returncode == 0

    back = server.call("rollback", "--yes", "--json")

    assert back.returncode == 0, back.stdout + back.stderr
    assert "HTTP workers: 1 of 1" in back.stdout
    server.lab.conf_path.write_bytes(before)
    server.lab.restart()


def test_after_a_restart_that_fails_the_server_is_looked_at_all_the_same(server: Server) -> None:
    before = server.files()
    sound, server.restart = server.restart, "/bin/false"

    done = server.call(*server.apply_words())

    server.restart = sound
    assert done.returncode == 2, done.stdout + done.stderr
    holds = {one["what"]: one["holds"] for one in json.loads(done.stdout)["verified"]}
    assert holds["restart"] is False
    assert holds["HTTP workers"]
    assert holds["request"]
    assert server.files() == before


def test_an_nginx_that_refuses_its_files_already_is_told_before_anything_changes(
    server: Server,
) -> None:
    main = server.lab.folder.path / "nginx.conf"
    standing = main.read_bytes()
    site = server.site.read_bytes()
    main.write_bytes(standing.replace(b"http {", b"http {\n  bogus on;", 1))
    server.site.write_bytes(site.replace(b"location /websocket", b"location /longpolling"))
    before = server.files()

    done = server.call(*server.apply_words())

    assert server.files() == before
    main.write_bytes(standing)
    server.site.write_bytes(site)
    assert done.returncode == 65, done.stdout + done.stderr
    assert 'unknown directive "bogus"' in done.stderr

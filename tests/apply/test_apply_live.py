"""Does a change on a real server end verified, or as it was, wherever it is interrupted?"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workeroo.apply.product import ENDED
from workeroo.lab.lab import Lab
from workeroo.lab.odoo import OdooDied
from workeroo.probe.handshake import handshake, health

pytestmark = pytest.mark.lab

ARTICLE = """\
[options]
# 1. Enable Multiprocessing
workers = 9
# 2. Memory Limits
limit_memory_soft = 671088640 ; 640 MB
limit_memory_hard = 805306368 ; 768 MB
limit_time_cpu = 60
limit_time_real = 120
list_db = False
db_maxconn = 16
"""

LONGPOLLING_ONLY = """\
server {
    listen 127.0.0.1:@PORT@;
    location / {
        proxy_pass http://127.0.0.1:@HTTP_PORT@;
    }
    location /longpolling {
        proxy_pass http://127.0.0.1:@EVENTED_PORT@;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
        proxy_set_header Host $host;
    }
}
"""

Done = subprocess.CompletedProcess[str]


class Server:
    """A lab's server with the article's files, and the commands that work on it."""

    def __init__(self, lab: Lab, state: Path) -> None:
        self.lab = lab
        self.state = state
        self.site = lab.folder.path / "site.conf"
        self.old_site = self.site.read_bytes()
        self.restart = shlex.join(
            [sys.executable, "-m", "workeroo", "lab", "restart", "--name", lab.name]
        )

    def files(self) -> tuple[bytes, bytes]:
        return self.lab.conf_path.read_bytes(), self.site.read_bytes()

    def call(self, *words: str, program: tuple[str, ...] = ("-m", "workeroo")) -> Done:
        return subprocess.run(
            [sys.executable, *program, *words],
            capture_output=True,
            check=False,
            text=True,
            env={**os.environ, "XDG_STATE_HOME": str(self.state)},
        )

    def apply_words(self) -> tuple[str, ...]:
        return (
            "apply", "--yes", "--json", "--deployment", f"port {self.lab.http_port}",
            "--restart-command", self.restart,
        )  # fmt: skip

    def findings(self) -> set[str]:
        """Rules that fire for this server; others may run on this host."""
        facts = json.loads(self.call("facts").stdout)
        port = self.lab.http_port
        facts["deployments"] = [d for d in facts["deployments"] if f"port {port})" in d["name"]]
        path = self.state / "facts.json"
        path.write_text(json.dumps(facts), encoding="utf-8")
        audit = json.loads(self.call("audit", "--json", "--facts", str(path)).stdout)
        return {finding["rule"] for finding in audit["findings"]}

    def websocket_opens(self) -> bool:
        return handshake(self.lab.nginx_url, route="/websocket").opened


@pytest.fixture(scope="module")
def up(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> Server:
    lab = lab_factory("apply")
    lab.up(site=LONGPOLLING_ONLY)
    server = Server(lab, tmp_path_factory.mktemp("state"))
    # The server runs; then somebody pastes the article's settings, and has not restarted yet.
    lab.conf_path.write_text(ARTICLE, encoding="utf-8")
    return server


@pytest.fixture
def server(up: Server, tmp_path: Path) -> Iterator[Server]:
    """The server with the article's files and a history of its own."""
    up.state = tmp_path
    assert up.files() == (ARTICLE.encode(), up.old_site)
    yield up
    if up.files() != (ARTICLE.encode(), up.old_site):
        done = up.call("rollback", "--yes")
        assert done.returncode == 0, done.stderr
    assert up.files() == (ARTICLE.encode(), up.old_site)


class Users(threading.Thread):
    """Somebody who asks for a page through nginx all the time."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.served: list[bool] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.served.append(health(self.url, timeout_seconds=5) == 200)


def test_the_articles_files_are_named_mended_and_returned_to_the_byte(server: Server) -> None:
    assert {"inline-comment", "bus-route-wrong"} <= server.findings()
    assert not server.websocket_opens()

    users = Users(server.lab.nginx_url)
    users.start()
    done = server.call(*server.apply_words())
    users.over.set()
    users.join()

    assert done.returncode == 0, done.stdout + done.stderr
    change = json.loads(done.stdout)
    assert change["state"] == "done"
    assert {one["what"] for one in change["verified"] if one["holds"]} >= {
        "master", "HTTP workers", "cron workers", "evented processes", "log", "request",
        "request through nginx", "websocket through nginx", "nginx configuration", "nginx reload",
    }  # fmt: skip
    assert server.websocket_opens()
    assert not {"inline-comment", "bus-route-wrong"} & server.findings()
    # One pause, the restart's: served, then not, then served for good.
    pauses = sum(
        before and not after for before, after in zip(users.served, users.served[1:], strict=False)
    )
    assert pauses <= 1
    assert users.served[0]
    assert users.served[-1]

    again = server.call(*server.apply_words())
    assert again.returncode == 0
    assert json.loads(again.stdout)["files"] == []

    back = server.call("rollback", "--yes", "--json")

    assert back.returncode == 0, back.stdout + back.stderr
    assert server.files() == (ARTICLE.encode(), server.old_site)
    assert any("left running" in told for told in json.loads(back.stdout)["told"])
    assert health(server.lab.url) == 200
    history = json.loads(server.call("history", "--json").stdout)
    assert [one["state"] for one in history["changes"]] == ["done", "done"]


def test_a_rehearsal_changes_nothing(server: Server) -> None:
    words = [word for word in server.apply_words() if word != "--yes"]
    pid = server.lab.master_pid

    done = server.call(*words, "--dry-run")

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert {file["path"] for file in told["files"]} == {str(server.lab.conf_path), str(server.site)}
    assert all(one["holds"] is not False for one in told["checked"])
    assert server.files() == (ARTICLE.encode(), server.old_site)
    assert server.lab.master_pid == pid
    assert not list(server.state.rglob("record.json"))


def test_a_restart_that_fails_brings_the_old_files_back(server: Server) -> None:
    sound, server.restart = server.restart, "/bin/false"

    done = server.call(*server.apply_words())

    server.restart = sound
    assert done.returncode == 1, done.stdout + done.stderr
    assert json.loads(done.stdout)["state"] == "restored"
    assert server.files() == (ARTICLE.encode(), server.old_site)
    assert health(server.lab.url) == 200


def test_where_the_old_file_would_end_it_a_restarted_server_is_left_and_verified(
    server: Server,
) -> None:
    """The new files are read, then something speaks against them: the old odoo.conf is broken."""
    words = [*server.apply_words(), "--target", "odoo.conf"]

    done = server.call("-c", STRUCK_AFTER_THE_RESTART, *words, program=())

    assert done.returncode == 1, done.stdout + done.stderr
    change = json.loads(done.stdout)
    assert change["state"] == "restored"
    assert any("left running" in told for told in change["told"])
    assert server.files() == (ARTICLE.encode(), server.old_site)
    assert health(server.lab.url) == 200


STRUCK_AFTER_THE_RESTART = """
import os, signal, sys
from functools import partial
import workeroo.cli.apply as command
from workeroo.cli import run

def at(boundary):
    if boundary == "restarted":
        os.kill(os.getpid(), signal.SIGTERM)

command.Watch = partial(command.Watch, at=at)
sys.exit(run(sys.argv[1:]))
"""

STRIKE = """
import os, signal, sys
from functools import partial
import workeroo.cli.apply as command
from workeroo.cli import run

left = [int(sys.argv[1])]
def at(boundary):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    print(boundary, file=sys.stderr)

command.Watch = partial(command.Watch, at=at)
sys.exit(run(sys.argv[2:]))
"""


def test_killed_at_every_boundary_the_server_ends_verified(server: Server) -> None:
    whole = server.call("-c", STRIKE, "1000", *server.apply_words(), program=())
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert server.call("rollback", "--yes").returncode == 0
    passed = [line for line in whole.stderr.splitlines() if line and " ..." not in line]
    passed = passed[passed.index("begin") : passed.index("done") + 1]
    assert len(passed) >= 14
    ends = {}

    for number, boundary in enumerate(passed):
        server.state = server.state.parent / f"{server.state.name}-{number}"
        struck = server.call("-c", STRIKE, str(number), *server.apply_words(), program=())
        assert struck.returncode == -9, (boundary, struck.stdout, struck.stderr)

        finished = server.call("apply", "--finish", "--json")

        assert finished.returncode in (0, 1), (boundary, finished.stdout, finished.stderr)
        history = json.loads(server.call("history", "--json").stdout)["changes"]
        assert all(change["state"] in ENDED for change in history), boundary
        state = history[0]["state"] if history else "abandoned"
        ends[boundary] = state
        assert health(server.lab.url) == 200, boundary
        if state == "done":
            assert server.files() != (ARTICLE.encode(), server.old_site), boundary
            assert all(one["holds"] is not False for one in history[0]["verified"]), boundary
            assert server.websocket_opens(), boundary
            assert server.call("rollback", "--yes").returncode == 0
        else:
            assert state in ("abandoned", "restored"), boundary
        assert server.files() == (ARTICLE.encode(), server.old_site), boundary

    assert set(ends.values()) == {"abandoned", "restored", "done"}


def test_a_server_that_does_not_start_is_mended_by_naming_its_file(
    lab_factory: Callable[[str], Lab], tmp_path: Path
) -> None:
    lab = lab_factory("down")
    lab.up()
    server = Server(lab, tmp_path)
    ports = f"http_port = {lab.http_port}\ngevent_port = {lab.evented_port}\n"
    broken = (ARTICLE + ports).encode()
    lab.conf_path.write_bytes(broken)
    with pytest.raises(OdooDied):
        lab.restart()
    words = ("--conf", str(lab.conf_path), "--series", "19", "--restart-command", server.restart)

    done = server.call("apply", "--yes", "--json", *words)

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["state"] == "done"
    assert server.websocket_opens()

    back = server.call("rollback", "--yes")
    assert back.returncode == 0, back.stdout + back.stderr
    assert lab.conf_path.read_bytes() == broken
    assert health(lab.url) == 200


def test_where_nobody_knows_how_odoo_is_restarted_it_asks(server: Server) -> None:
    words = [
        word for word in server.apply_words() if word not in ("--restart-command", server.restart)
    ]

    done = server.call(*words)

    assert done.returncode == 64
    assert "nobody knows how" in done.stderr
    assert "--restart-command" in done.stderr
    assert server.files() == (ARTICLE.encode(), server.old_site)

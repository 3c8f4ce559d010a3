"""Does `workeroo metrics` answer Prometheus, and where?"""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workeroo.cli import run
from workeroo.cli.listening import Endpoint, listening
from workeroo.errors import OutputError, Unavailable, UsageError
from workeroo.lab.lab import Lab
from workeroo.lab.wait import wait_until
from workeroo.report.metrics_totals import Seen, Totals

pytest.importorskip("prometheus_client", reason="the extra `metrics` is not installed")

SCRAPE_SECONDS = 20


def endpoint() -> Endpoint:
    seen = Seen(deployment="odoo", port=8069, pulse=None, totals=Totals())
    return Endpoint(lambda: seen)


def scraped(path: Path) -> str:
    """What comes through a unix socket."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(path))
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def test_a_socket_is_for_its_group_and_goes_with_the_endpoint(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sock"

    with listening(f"unix:{path}", endpoint()) as where:
        assert where == f"unix:{path}"
        assert path.stat().st_mode & 0o777 == 0o660
        assert "workeroo_up 0.0" in scraped(path)
        with pytest.raises(Unavailable), listening(f"unix:{path}", endpoint()):
            pass
    assert not path.exists()


def test_the_socket_of_one_that_was_killed_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))

    with listening(f"unix:{path}", endpoint()):
        assert "workeroo_up" in scraped(path)


@pytest.mark.parametrize("address", ["9889", "127.0.0.1", "127.0.0.1:99999", ":80", "127.0.0.1:x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="no address"), listening(address, endpoint()):
        pass


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OutputError, match="--listen"), listening(address, endpoint()):
            pass


def test_whoever_listens_openly_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    with listening("0.0.0.0:0", endpoint()):
        assert "whoever reaches 0.0.0.0:0" in capsys.readouterr().err
    with listening("[::1]:0", endpoint()):
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize("what", ["alerts", "dashboard"])
def test_the_files_for_prometheus_and_grafana_are_in_the_package(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["metrics", "--print", what]) == 0
    assert "workeroo_http_workers" in capsys.readouterr().out


@pytest.fixture(scope="module")
def server(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a deployment that runs."""
    conf = tmp_path_factory.mktemp("metrics") / "odoo.conf"
    conf.write_text("[options]\nworkers = 2\nmax_cron_threads = 0\n", encoding="utf-8")
    lab = lab_factory("pulse")  # the one that the watch is tried on too
    lab.up(conf=conf)
    return f"pid {lab.master_pid}"


@pytest.mark.lab
def test_a_real_odoo_is_told_once(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["metrics", "--once", "--deployment", server]) == 0
    told = capsys.readouterr().out

    assert "workeroo_up 1.0" in told
    assert 'workeroo_http_workers{state="idle"} 2.0' in told
    assert "workeroo_trouble 0.0" in told


@pytest.mark.lab
def test_a_real_odoo_is_told_until_the_end(server: str, tmp_path: Path) -> None:
    path = tmp_path / "metrics.sock"
    argv = [sys.executable, "-m", "workeroo", "metrics", "--database", "--deployment", server]
    with subprocess.Popen([*argv, "--listen", f"unix:{path}"]) as endpoint:
        wait_until(path.is_socket, seconds=SCRAPE_SECONDS, what="listening")
        wait_until(
            lambda: "workeroo_database_connections " in scraped(path),
            seconds=SCRAPE_SECONDS,
            what="a look, and an answer of PostgreSQL",
        )
        endpoint.send_signal(signal.SIGTERM)
        assert endpoint.wait(SCRAPE_SECONDS) == 0
    assert not path.exists()

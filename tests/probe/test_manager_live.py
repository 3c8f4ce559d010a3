"""Is it seen who restarts a real Odoo, under a real supervisord?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workeroo.apply.restart import restart, way
from workeroo.cli import run
from workeroo.facts.deployment import Deployment
from workeroo.facts.manager import Manager
from workeroo.lab.lab import Lab, Wanted
from workeroo.lab.odoo import OdooServer, is_healthy
from workeroo.lab.process import identify
from workeroo.lab.wait import wait_until
from workeroo.probe.collect import collect

SUPERVISORD = Path(sys.executable).parent / "supervisord"
SUPERVISORCTL = SUPERVISORD.with_name("supervisorctl")
START_SECONDS = 120

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(not SUPERVISORD.exists(), reason="supervisor is not installed in the venv"),
]


@pytest.fixture(scope="module")
def bench(lab_factory: Callable[[str], Lab]) -> Lab:
    """A lab that runs; its Odoo is the tests' to stop and to start."""
    it = lab_factory("manager")
    it.up()
    return it


def test_an_odoo_that_the_tests_start_has_no_manager(bench: Lab) -> None:
    assert seen(bench.master_pid).manager is None


@pytest.mark.parametrize(
    ("group", "name"), [("", "odoo"), ("[group:shop]\nprograms=odoo\n", "shop:odoo")]
)
def test_the_name_that_is_seen_is_the_one_by_which_supervisorctl_restarts_it(
    bench: Lab, tmp_path: Path, group: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{SUPERVISORCTL.parent}:{os.environ['PATH']}")
    stop_odoo(bench)
    conf = write_conf(bench, tmp_path, group)
    with supervised(conf) as pid:
        wait_for_odoo(bench)
        before = seen_of(bench)
        assert before.manager == Manager(
            kind="supervisor",
            name=name,
            why=f"supervisord (pid {pid}) is above it",
            address=f"unix://{tmp_path}/s",
        )
        restart(way(before, None))
        wait_for_odoo(bench)

        assert seen_of(bench).processes[0].pid != before.processes[0].pid
        assert identify(before.processes[0].pid) is None


def test_a_change_is_put_in_place_by_way_of_supervisor(
    bench: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", f"{SUPERVISORCTL.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    before = bench.conf_path.read_bytes()
    with supervised(write_conf(bench, tmp_path, "")):
        wait_for_odoo(bench)
        first = seen_of(bench).processes[0].pid

        status = run(["apply", "--yes", "--json", "--deployment", f"port {bench.http_port}"])

        told = json.loads(capsys.readouterr().out)
        assert status == 0
        assert told["state"] == "done"
        assert told["restart"]["kind"] == "supervisor"
        assert seen_of(bench).processes[0].pid != first
        assert run(["rollback", "--yes"]) == 0
        assert bench.conf_path.read_bytes() == before


def test_what_was_supervised_is_not_left_over(bench: Lab) -> None:
    assert not is_healthy(bench.http_port)


def seen(pid: int) -> Deployment:
    (found,) = [d for d in collect().deployments if d.processes[0].pid == pid]
    return found


def seen_of(lab: Lab) -> Deployment:
    """The lab's Odoo, whoever started it."""
    port = f", port {lab.http_port})"
    (found,) = [d for d in collect().deployments if d.name.endswith(port)]
    return found


def stop_odoo(lab: Lab) -> None:
    """End the Odoo that the lab started, and leave its PostgreSQL to the next."""
    OdooServer(lab.folder, lab.user).stop(
        identify(lab.master_pid) if lab.status().running else None
    )


def wait_for_odoo(lab: Lab) -> None:
    wait_until(
        lambda: is_healthy(lab.http_port),
        seconds=START_SECONDS,
        what="Odoo under supervisord",
        where=str(lab.log_path),
    )


def write_conf(lab: Lab, folder: Path, group: str) -> Path:
    """A supervisord.conf with the lab's own Odoo as its program."""
    source = lab._source(Wanted())
    server = OdooServer(lab.folder, lab.user, source)
    own = server._own(lab.ports, lab.status().database or "base")
    command = " ".join(source.command("-c", str(lab.conf_path), *own))
    variables = ",".join(f'{n}="{v}"' for n, v in source.environment(lab.folder).items())
    conf = folder / "supervisord.conf"
    user = f"user={lab.user.name}\n" if os.geteuid() == 0 else ""
    conf.write_text(
        f"[unix_http_server]\nfile={folder}/s\n"
        f"[supervisord]\nnodaemon=true\nlogfile={folder}/log\npidfile={folder}/pid\n"
        f"[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
        f"[supervisorctl]\nserverurl=unix://{folder}/s\n"
        f"[program:odoo]\ncommand={command}\ndirectory={lab.folder.work}\n"
        f"environment={variables}\nstdout_logfile={folder}/odoo.log\nredirect_stderr=true\n"
        f"stopasgroup=false\nstopwaitsecs=30\n{user}{group}"
    )
    return conf


@contextmanager
def supervised(conf: Path) -> Iterator[int]:
    """A supervisord, which ends its programs as it ends."""
    process = subprocess.Popen(
        [str(SUPERVISORD), "-n", "-c", str(conf)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()

"""Does each lever of the lab's module do what it says, and nothing outside the lab?"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workeroo.lab.lab import Lab
from workeroo.lab.postgres import find_cluster
from workeroo.lab.process import PROC, Started, identify
from workeroo.lab.wait import wait_until

pytestmark = pytest.mark.lab

Pull = Callable[[int, str], dict[str, Any]]
MIB_KIB = 1024


def status_kib(pid: int, field: str) -> int:
    found = re.search(
        rf"^{field}:\s+(\d+) kB", (PROC / str(pid) / "status").read_text(), re.MULTILINE
    )
    assert found
    return int(found[1])


def cpu_ticks(pid: int) -> int:
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.fixture
def one_worker(lab_factory: Callable[[str], Lab], tmp_path: Path) -> Lab:
    """A lab whose requests all meet the same worker."""
    conf = tmp_path / "odoo.conf"
    conf.write_text("[options]\nworkers = 1\nmax_cron_threads = 1\n", encoding="utf-8")
    lab = lab_factory("levers")
    lab.up(conf=conf)
    return lab


def test_the_levers_do_what_they_say(one_worker: Lab, pull: Pull) -> None:
    port = one_worker.http_port
    pid = pull(port, "")["pid"]
    assert isinstance(identify(pid), Started)

    ticks = cpu_ticks(pid)
    pull(port, "sleep?seconds=0.5")
    assert cpu_ticks(pid) - ticks < 0.3 * os.sysconf("SC_CLK_TCK")
    ticks = cpu_ticks(pid)
    pull(port, "burn?seconds=0.5")
    assert cpu_ticks(pid) - ticks >= 0.5 * os.sysconf("SC_CLK_TCK") - 2

    before = status_kib(pid, "VmRSS")
    assert pull(port, "hold?mib=64")["held_mib"] == 64
    assert status_kib(pid, "VmRSS") - before > 60 * MIB_KIB
    pull(port, "allocate?mib=256")
    assert status_kib(pid, "VmHWM") - before > 300 * MIB_KIB
    assert status_kib(pid, "VmRSS") - before < 200 * MIB_KIB

    resident, address_space = status_kib(pid, "VmRSS"), status_kib(pid, "VmSize")
    assert pull(port, "reserve?mib=200")["reserved_mib"] == 200
    assert status_kib(pid, "VmSize") - address_space >= 200 * MIB_KIB
    assert status_kib(pid, "VmRSS") - resident < 50 * MIB_KIB
    assert pull(port, "release")["freed_mib"] == 264

    for lever in ("cursors?count=3&seconds=0", "query?seconds=0.1", "lock?seconds=0.1"):
        assert pull(port, lever)["pid"] == pid


def test_a_number_out_of_bounds_is_held_to_them(one_worker: Lab, pull: Pull) -> None:
    assert pull(one_worker.http_port, "sleep?seconds=-5")["seconds"] == 0
    assert pull(one_worker.http_port, "cursors?count=-1&seconds=0")["count"] == 0


def test_a_report_has_its_rows(lab: Lab, get: Callable[[int, str], tuple[int, bytes]]) -> None:
    status, page = get(lab.http_port, "/workeroo_lab/report?rows=200")
    assert (status, page.count(b"<tr>")) == (200, 200)


def test_the_scheduled_action_works_when_asked(lab: Lab, pull: Pull) -> None:
    cluster = find_cluster(lab.folder, lab.user)

    def pulls() -> int:
        return int(cluster.query("SELECT coalesce(pulls, 0) FROM workeroo_lab_lever", "base")[0])

    before = pulls()
    pull(lab.http_port, "cron?sleep=0.1&burn=0.1")
    wait_until(lambda: pulls() > before, seconds=90, what="the scheduled action")
    pull(lab.http_port, "cron?active=0")


def test_the_module_refuses_to_load_outside_the_lab(lab: Lab, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    code = (
        "from odoo.tools import config; "
        f"config.parse_config(['--data-dir={data}', '--addons-path={lab.folder.addons}'], "
        "setup_logging=False); import odoo.addons.workeroo_lab"
    )
    python = next(lab.root.shared.path.glob("python-*/bin/python"))
    library = lab.root.shared.odoo / "usr/lib/python3/dist-packages"
    for environment in ({}, {"WORKEROO_LAB": lab.folder.token.read_text().strip()}):
        done = subprocess.run(
            [python, "-c", code],
            env={"PYTHONPATH": str(library), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 1
        assert "only loads in a server that Workeroo's lab started" in done.stderr

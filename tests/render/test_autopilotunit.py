"""Is the unit of the autopilot one that systemd takes, with no more rights than it needs?"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import msgspec
import pytest
from tests.checks.conftest import BASE, read_example

from workeroo.errors import UsageError
from workeroo.facts.deployment import Deployment
from workeroo.render.autopilotunit import UNIT, autopilot_unit


@pytest.fixture
def deployment() -> Deployment:
    return read_example(BASE).deployments[0]


def placed(folder: Path, text: str) -> Path:
    path = folder / UNIT
    path.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text))
    return path


def test_it_runs_as_odoos_user_for_the_servers_port(deployment: Deployment) -> None:
    file = autopilot_unit(deployment, 8069, "/opt/w/bin/workeroo")

    user = deployment.processes[0].user
    assert f"\nUser={user}\n" in file.text
    assert (
        'ExecStart=/opt/w/bin/workeroo autopilot --deployment "port 8069"'
        " --folder /var/lib/workeroo-autopilot\n" in file.text
    )
    assert "systemctl enable --now workeroo-autopilot.service" in file.said[0]


def test_systemd_takes_it_without_a_complaint(deployment: Deployment, tmp_path: Path) -> None:
    path = placed(tmp_path, autopilot_unit(deployment, 8069).text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_counts_it_among_the_least_exposed(deployment: Deployment, tmp_path: Path) -> None:
    path = placed(tmp_path, autopilot_unit(deployment, 8069).text)
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = re.search(r"Overall exposure level for \S+: ([\d.]+) (\w+)", done.stdout)

    assert told
    assert told[2] == "OK", done.stdout


def test_no_unit_is_made_for_root_or_for_a_container(deployment: Deployment) -> None:
    processes = [msgspec.structs.replace(p, user="root") for p in deployment.processes]
    with pytest.raises(UsageError, match="as root"):
        autopilot_unit(msgspec.structs.replace(deployment, processes=processes), 8069)
    with pytest.raises(UsageError, match="container"):
        autopilot_unit(msgspec.structs.replace(deployment, container="docker:abc"), 8069)

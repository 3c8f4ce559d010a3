"""What `workeroo render` makes of a running Odoo's own files, and whether Odoo takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workeroo.cli import run
from workeroo.facts.deployment import Deployment
from workeroo.lab.lab import Lab
from workeroo.probe.collect import collect

LabFactory = Callable[[str], Lab]

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def frontend(lab_factory: LabFactory) -> Iterator[Lab]:
    it = lab_factory("render-frontend")
    it.up()
    yield it
    it.down()


@pytest.fixture(scope="module")
def backend(lab_factory: LabFactory) -> Lab:
    return lab_factory("render-backend")


def rendered(lab: Lab, folder: Path, *options: str) -> None:
    arguments = ["render", "odoo.conf", "--deployment", f"port {lab.http_port}"]
    hardware = ["--cores", "2"]  # one of them: the Odoo itself is still looked at
    assert run([*arguments, *hardware, *options, "--out", str(folder)]) == 0


def seen(lab: Lab) -> Deployment:
    pid = lab.master_pid
    return next(odoo for odoo in collect().deployments if odoo.processes[0].pid == pid)


def parts(lab: Lab) -> list[str]:
    return sorted(process.part for process in seen(lab).processes)


def settings_lines(data: bytes, leaving: set[bytes]) -> list[bytes]:
    """The lines of an odoo.conf but those of some options and Workeroo's own comments."""
    return [
        line
        for line in data.splitlines()
        if not line.startswith(b"; workeroo: ") and line.split(b" =")[0] not in leaving
    ]


def test_a_running_odoo_s_own_file_is_edited_and_every_other_line_stays(
    frontend: Lab, tmp_path: Path
) -> None:
    before = frontend.conf_path.read_bytes()
    decided = {b"workers", b"limit_memory_soft", b"limit_memory_hard", b"db_maxconn"}

    rendered(frontend, tmp_path)

    after = tmp_path.joinpath(*frontend.conf_path.parts[1:]).read_bytes()
    assert b"\nworkers = 5\n" in after
    assert settings_lines(after, decided) == settings_lines(before, decided)
    assert frontend.conf_path.read_bytes() == before


def test_the_password_is_in_what_is_written_and_not_in_what_is_shown(
    frontend: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--deployment", f"port {frontend.http_port}"]
    assert run(["render", "odoo.conf", *where]) == 0
    assert run(["render", "odoo.conf", *where, "--json"]) == 0
    shown = capsys.readouterr()

    rendered(frontend, tmp_path)

    written = tmp_path.joinpath(*frontend.conf_path.parts[1:]).read_text()
    assert "admin_passwd = $pbkdf2-sha512$" in written
    assert "pbkdf2" not in shown.out + shown.err
    assert "admin_passwd = ***" in shown.out
    assert "holds passwords, mode 0640" in capsys.readouterr().err


def test_the_two_files_of_a_split_make_a_frontend_without_crons_and_a_backend_with_one(
    frontend: Lab, backend: Lab, tmp_path: Path
) -> None:
    rendered(frontend, tmp_path, "--split")
    own = frontend.conf_path.parts[1:]

    frontend.up(conf=tmp_path.joinpath("frontend", *own))
    backend.up(conf=tmp_path.joinpath("backend", *own), beside=frontend.name)

    assert parts(frontend) == ["evented", *["http worker"] * 5, "master"]
    assert parts(backend) == ["cron worker", "evented", *["http worker"] * 2, "master"]


def test_all_masters_of_the_split_together_ask_for_no_more_than_postgresql_gives(
    frontend: Lab, backend: Lab
) -> None:
    odoos = [seen(frontend), seen(backend)]
    pools = [odoo.settings["db_maxconn"].value for odoo in odoos]

    assert pools[0] == pools[1]
    takers = sum(len(odoo.processes) - 1 for odoo in odoos)  # all but the masters
    assert takers * int(str(pools[0])) <= 97

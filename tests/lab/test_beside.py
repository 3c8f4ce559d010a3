"""Do two Odoo servers share one PostgreSQL, and what is told when they cannot?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from workeroo.cli import run
from workeroo.errors import Unavailable, UsageError
from workeroo.lab.beside import guests
from workeroo.lab.cpus import checked_cpus, pinned
from workeroo.lab.lab import Lab
from workeroo.lab.process import PROC, Started, identify, members
from workeroo.lab.wait import wait_until

LabFactory = Callable[[str], Lab]
Get = Callable[[int, str], tuple[int, bytes]]
Pull = Callable[[int, str], dict[str, Any]]

FRONTEND = "[options]\nworkers = 2\nmax_cron_threads = 0\nlist_db = False\n"
BACKEND = "[options]\nworkers = 2\nmax_cron_threads = 1\nlist_db = False\n"
JOB = "Job 'Workeroo Lab: work as asked'"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# The cores


def test_a_core_that_is_not_ours_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot run on these cores: 8191; choose from"):
        checked_cpus([8191])
    with pytest.raises(UsageError, match="none"):
        checked_cpus([])


def test_cores_are_taken_once_and_in_order() -> None:
    ours = sorted(os.sched_getaffinity(0))
    assert checked_cpus([*reversed(ours), *ours]) == tuple(ours)
    assert checked_cpus(None) is None


def test_a_server_on_all_cores_is_started_as_it_stands() -> None:
    assert pinned(["odoo", "-c", "x"], None) == ["odoo", "-c", "x"]
    assert pinned(["odoo", "-c", "x"], (0, 2))[1:] == ["--cpu-list", "0,2", "odoo", "-c", "x"]


def test_cores_that_are_no_numbers_are_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["lab", "up", "--name", "nowhere", "--cpus", "0-1"]) == UsageError.exit_code
    assert capsys.readouterr().err == (
        "workeroo: --cpus 0-1 names no cores; give numbers like 0 or 0,1\n"
    )


# Two servers


@pytest.fixture(scope="module")
def split(
    lab_factory: LabFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Lab, Lab]]:
    """A frontend and a backend on one PostgreSQL, each on its own core where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    folder = tmp_path_factory.mktemp("split")
    frontend, backend = lab_factory("frontend"), lab_factory("backend")
    frontend.up(conf=write(folder / "frontend.conf", FRONTEND), cpus=cores[:1], fresh=True)
    backend.up(conf=write(folder / "backend.conf", BACKEND), cpus=cores[-1:], beside=frontend.name)
    yield frontend, backend
    backend.destroy()
    frontend.destroy()


@pytest.fixture
def back_up(split: tuple[Lab, Lab], tmp_path: Path) -> Iterator[tuple[Lab, Lab]]:
    """The two, both up again afterwards whatever a test did to them."""
    yield split
    frontend, backend = split
    cores = sorted(os.sched_getaffinity(0))
    frontend.up(conf=write(tmp_path / "frontend.conf", FRONTEND), cpus=cores[:1])
    backend.up(conf=write(tmp_path / "backend.conf", BACKEND), cpus=cores[-1:])


@pytest.mark.lab
def test_both_serve_the_same_database_with_the_same_files(split: tuple[Lab, Lab], get: Get) -> None:
    frontend, backend = split
    assert frontend.master_pid != backend.master_pid
    assert {get(each.http_port, "/web/health")[0] for each in split} == {200}
    commands = [(PROC / str(each.master_pid) / "cmdline").read_bytes() for each in split]
    for shared in ("--db_host", "--data-dir", "--database"):
        values = {part for one in commands for part in one.split(b"\0") if shared.encode() in part}
        assert len(values) == 1, values
    assert backend.status().beside == frontend.name


@pytest.mark.lab
def test_an_action_triggered_on_the_frontend_runs_on_the_backend_only(
    split: tuple[Lab, Lab], pull: Pull
) -> None:
    frontend, backend = split
    pull(frontend.http_port, "cron?burn=0.1")
    wait_until(
        lambda: f"{JOB} " in backend.log_path.read_text() and "fully done" in job_lines(backend),
        seconds=90,
        what="the scheduled action",
        where=str(backend.log_path),
    )
    pull(frontend.http_port, "cron?active=0")
    assert job_lines(frontend) == ""


def job_lines(lab: Lab) -> str:
    lines = lab.log_path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if JOB in line)


@pytest.mark.lab
def test_a_session_made_on_one_is_valid_on_the_other(split: tuple[Lab, Lab]) -> None:
    frontend, backend = split
    cookie = log_in(frontend.http_port)
    assert asks_as(backend.http_port, cookie) == 200
    assert asks_as(backend.http_port, "session_id=" + "0" * 84) == 303


def log_in(port: int) -> str:
    """The session cookie of the user admin, whose password in a database without users is so."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(
        "POST",
        "/web/session/authenticate",
        body='{"params": {"db": "base", "login": "admin", "password": "admin"}}',
        headers={"Content-Type": "application/json"},
    )
    answer = connection.getresponse()
    assert b'"uid": 2' in answer.read()
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    connection.close()
    return str(cookie)


def asks_as(port: int, cookie: str) -> int:
    """The status of a page that only somebody logged in sees; others are sent to the login."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/odoo", headers={"Cookie": cookie})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.lab
def test_every_process_of_a_pinned_server_keeps_to_its_cores(split: tuple[Lab, Lab]) -> None:
    cores = sorted(os.sched_getaffinity(0))
    for lab, wanted in zip(split, ({cores[0]}, {cores[-1]}), strict=True):
        processes = members(lab.master_pid, lab.folder.work)
        assert len(processes) >= 4  # the master, two workers, the evented process
        assert {frozenset(os.sched_getaffinity(one.pid)) for one in processes} == {
            frozenset(wanted)
        }


@pytest.mark.lab
def test_the_backend_goes_without_the_frontend_noticing(back_up: tuple[Lab, Lab], get: Get) -> None:
    frontend, backend = back_up
    master = frontend.master_pid
    backend.down()
    assert get(frontend.http_port, "/web/health?db_server_status=1")[0] == 200
    assert frontend.master_pid == master
    backend.restart()
    assert os.sched_getaffinity(backend.master_pid) == {max(os.sched_getaffinity(0))}
    assert backend.status().beside == frontend.name


@pytest.mark.lab
def test_the_frontend_takes_the_backend_down_with_its_postgresql_and_says_so(
    back_up: tuple[Lab, Lab], capsys: pytest.CaptureFixture[str]
) -> None:
    frontend, backend = back_up
    started = identify(backend.master_pid)
    assert isinstance(started, Started)
    assert run(["lab", "down", "--name", frontend.name]) == 0
    told = capsys.readouterr().err
    assert f"stopping the lab {backend.name!r}, which stands beside it" in told
    assert identify(started.pid) != started
    with pytest.raises(Unavailable, match=f"up --name {frontend.name}"):
        backend.up()


@pytest.mark.lab
def test_a_lab_is_not_destroyed_while_another_stands_beside_it(split: tuple[Lab, Lab]) -> None:
    frontend, backend = split
    with pytest.raises(UsageError, match=f"destroy --name {backend.name} first"):
        frontend.destroy()
    assert [guest.name for guest in guests(frontend.root, frontend.folder)] == [backend.name]
    assert frontend.status().healthy


@pytest.mark.lab
def test_a_lab_has_one_place_and_one_database(split: tuple[Lab, Lab]) -> None:
    frontend, backend = split
    with pytest.raises(UsageError, match=f"stands beside {frontend.name!r}"):
        backend.up(beside="tests")
    with pytest.raises(UsageError, match="stands on a PostgreSQL of its own"):
        frontend.up(beside="tests")
    with pytest.raises(UsageError, match=f"serves the database of {frontend.name!r}, 'base'"):
        backend.up(database="shop")
    with pytest.raises(UsageError, match="serves the database"):
        backend.up(fresh=True)
    third = Lab.named("tests-third")
    with pytest.raises(UsageError, match=f"name {frontend.name!r}"):
        third.up(beside=backend.name)
    with pytest.raises(Unavailable, match="does not run"):
        third.up(beside="tests-nobody")
    assert not third.folder.path.exists()

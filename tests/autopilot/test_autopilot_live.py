"""Does the autopilot hold the right number of workers on a real Odoo, and do no harm?"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.autopilot.asking import clients, printing
from tests.autopilot.flying import (
    SOON_SECONDS,
    autopilot,
    deeds,
    deeds_sum,
    entries,
    explain,
    last,
    soon,
    start,
    workers,
)

from workeroo.autopilot.census import PDF_PROGRAM
from workeroo.autopilot.control import ask
from workeroo.autopilot.place import Place
from workeroo.lab.lab import Lab
from workeroo.lab.odoo import is_healthy
from workeroo.lab.ports import is_free

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def server(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> Lab:
    conf = tmp_path_factory.mktemp("autopilot") / "odoo.conf"
    text = "[options]\nworkers = 2\nmax_cron_threads = 1\nlimit_time_real = 600\n"
    conf.write_text(text, encoding="utf-8")
    lab = lab_factory("autopilot")
    lab.up(conf=conf)
    return lab


@pytest.fixture
def place(server: Lab, tmp_path: Path) -> Place:
    return Place(tmp_path, server.http_port)


def test_dry_run_says_what_it_would_do_and_signals_nobody(server: Lab, place: Place) -> None:
    with autopilot(place, "--dry-run") as it:
        with clients(server, 5, "sleep?seconds=0.5"):
            soon(lambda: last(place).kind == "grow", "a wish to grow")
        assert workers(server) == 2
        assert ask(place.socket, "status").signals == {}
    assert it.returncode == 0
    assert any("would add" in entry.sentence for entry in entries(place))


def test_it_grows_while_clients_wait_and_shrinks_to_the_floor_when_they_have_gone(
    server: Lab, place: Place
) -> None:
    with autopilot(place) as it:
        with clients(server, 8, "sleep?seconds=0.5") as asking:
            soon(lambda: workers(server) >= 8, "8 workers")
        soon(lambda: workers(server) == 2, "the floor")
        soon(lambda: "Why 2 workers now?" in explain(place), "its own look at that")
        told = explain(place)
    assert it.returncode == 0
    assert asking.lost == 0
    assert "grow" in deeds(place)
    assert deeds(place).count("shrink") >= 6
    assert deeds_sum(place, "SIGTTOU") == deeds_sum(place, "SIGTTIN")
    assert "2 are the floor" in told
    assert "took away 1 (SIGTTOU, SIGINT" in told


def test_paused_it_looks_and_does_nothing_until_it_is_resumed(server: Lab, place: Place) -> None:
    with autopilot(place):
        assert ask(place.socket, "pause").paused
        assert stat.S_IMODE(place.socket.stat().st_mode) == 0o600
        with clients(server, 5, "sleep?seconds=0.5"):
            soon(lambda: last(place).waiting > 0 and last(place).rule == "paused", "a held look")
            soon(lambda: last(place).looks > 10 or last(place).waiting > 1, "more of them")
            assert workers(server) == 2
            assert not ask(place.socket, "resume").paused
            soon(lambda: workers(server) > 2, "growth")
        soon(lambda: workers(server) == 2, "the floor")


def test_a_second_autopilot_of_one_master_is_refused(server: Lab, place: Place) -> None:
    elsewhere = Place(place.folder / "other", server.http_port)
    with autopilot(place), start(elsewhere) as second:
        _, told = second.communicate(timeout=SOON_SECONDS)

    assert second.returncode == 69
    assert "another autopilot holds the server" in told


def test_killed_at_once_it_leaves_odoo_serving_and_the_next_one_goes_on(
    server: Lab, place: Place
) -> None:
    with clients(server, 6, "sleep?seconds=0.3") as asking:
        with autopilot(place) as first:
            soon(lambda: workers(server) > 2, "growth")
            first.kill()
            first.wait()
        assert is_healthy(server.http_port)
        with autopilot(place):
            asking.end.set()
            soon(lambda: workers(server) == 2, "the floor")
    assert asking.lost == 0


def test_a_server_that_is_restarted_is_noticed_and_held_anew(server: Lab, place: Place) -> None:
    before = server.master_pid
    with autopilot(place):
        os.kill(before, signal.SIGTERM)
        soon(lambda: last(place).rule == "no_server", "a look without a server")
        assert ask(place.socket, "status").master_pid is None
        soon(lambda: is_free(server.http_port), "the end of the old one")
        server.restart()
        soon(lambda: ask(place.socket, "status").master_pid == server.master_pid, "the new one")
    assert deeds(place) == [], [entry.sentence for entry in entries(place) if entry.signals]
    assert server.master_pid != before


@pytest.mark.skipif(shutil.which(PDF_PROGRAM) is None, reason="wkhtmltopdf is not installed")
def test_pdfs_that_wait_for_each_other_are_there_after_workers_beyond_the_ceiling(
    server: Lab, place: Place
) -> None:
    with printing(server, 1) as alone:
        assert alone[0].result().startswith(b"%PDF-")
    with printing(server, 3) as prints:  # the third waits before what the first two wait for
        with autopilot(place, "--dry-run", "--ceiling", "2"):
            soon(lambda: last(place).rule == "pdf_escape", "two to be stuck")
            assert not any(it.done() for it in prints)
        with autopilot(place, "--ceiling", "2"):
            assert all(it.result().startswith(b"%PDF-") for it in prints)
            soon(lambda: workers(server) == 2, "the ceiling")
    assert {it.rule for it in entries(place) if it.signals} == {"pdf_escape", "surplus_down"}


UNPRIVILEGED = """
import ctypes, os, sys
import workeroo.cli.autopilot, workeroo.plan.rules
from workeroo.probe.collect import collect
collect()  # imports all that is imported late: Python's own folder may be closed to that user
from workeroo.cli import run
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[1]))
assert ctypes.CDLL(None).prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS of linux/prctl.h
sys.exit(run(sys.argv[3:]))
"""
"""As the unit has it: Odoo's user, no capability, none to be got."""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become Odoo's user")
def test_odoos_own_user_without_a_single_right_more_can_hold_it(server: Lab, place: Place) -> None:
    owner = Path(f"/proc/{server.master_pid}").stat()
    place.folder.chmod(0o777)
    for folder in place.folder.parents[:3]:
        folder.chmod(0o755)
    command = [sys.executable, "-c", UNPRIVILEGED, str(owner.st_uid), str(owner.st_gid)]
    with autopilot(place, command=command), clients(server, 5, "sleep?seconds=0.5"):
        soon(lambda: workers(server) > 2, "growth")
        status = (Path("/proc") / str(ask(place.socket, "status").pid) / "status").read_text()
    assert "CapEff:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
    assert owner.st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_stranger_is_told_who_may_hold_it(server: Lab, place: Place) -> None:
    owner = Path(f"/proc/{server.master_pid}").stat()
    stranger = [sys.executable, "-c", UNPRIVILEGED, str(owner.st_uid - 1), str(owner.st_gid - 1)]
    place.folder.chmod(0o777)
    before = workers(server)
    named = ("--deployment", f"pid {server.master_pid}")
    with start(place, *named, command=stranger) as it:
        _, told = it.communicate(timeout=SOON_SECONDS)

    assert it.returncode in {69, 77}, told
    assert "as root or as the user" in told
    assert workers(server) == before

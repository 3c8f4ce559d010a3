"""Do the lab's parts hold without any server?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from workeroo.errors import InputError, NotPermitted, Unavailable, UsageError
from workeroo.lab.folder import LONGEST_SOCKET_BYTES, SOCKET_NAME, LabFolder, LabRoot, find_root
from workeroo.lab.lock import locked
from workeroo.lab.nginx import fill
from workeroo.lab.odoo import why_died
from workeroo.lab.ports import Ports, choose_ports, is_free
from workeroo.lab.process import Started, identify, is_alive, kill, send, sessions_of, stop
from workeroo.lab.program import find_program, run
from workeroo.lab.stamp import is_complete, make_once
from workeroo.lab.state import LabState, read_state, write_state
from workeroo.lab.user import choose_user
from workeroo.lab.wait import holds_within, wait_until
from workeroo.progress import Silent

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user")


@pytest.fixture
def sleeper(tmp_path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"], cwd=tmp_path, start_new_session=True)


# Why Odoo died


def test_the_exception_of_a_traceback_is_the_reason() -> None:
    log = "Traceback (most recent call last):\n  File 'x', line 1\nValueError: no int: '1 ; 2'\n"
    assert why_died(log) == "ValueError: no int: '1 ; 2'"


def test_an_exception_with_its_module_is_the_reason() -> None:
    log = "Traceback:\n  frame\npsycopg2.OperationalError: connection refused\n"
    assert why_died(log) == "psycopg2.OperationalError: connection refused"


def test_a_refused_command_line_is_the_reason() -> None:
    log = "Usage: odoo server [options]\n\nodoo server: error: option --workers: invalid 'x'\n"
    assert "invalid 'x'" in why_died(log)


def test_a_critical_line_is_the_reason_where_there_is_no_traceback() -> None:
    log = "2026-01-01 00:00:00,000 12 CRITICAL ? odoo.service.server: Failed to start\n"
    assert why_died(log) == "Failed to start"


def test_an_empty_log_gives_no_reason_and_says_so() -> None:
    assert why_died("\n") == "it wrote nothing"


# Processes


def test_a_process_ends_when_it_is_asked(sleeper: subprocess.Popen[bytes]) -> None:
    started = identify(sleeper.pid)
    stop(started, polite=signal.SIGTERM, seconds=5)
    assert not is_alive(started)
    assert sleeper.wait() == -signal.SIGTERM


def test_a_process_that_does_not_listen_is_forced(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, 1); print('deaf', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, cwd=tmp_path)
    with process:
        assert process.stdout
        process.stdout.readline()
        stop(identify(process.pid), polite=signal.SIGTERM, seconds=0.2)
        assert process.wait() == -signal.SIGKILL


def test_a_pid_that_was_given_to_another_process_is_not_signalled(
    sleeper: subprocess.Popen[bytes],
) -> None:
    started = identify(sleeper.pid)
    assert started is not None
    former = Started(sleeper.pid, started.start_ticks - 1)
    send(former, signal.SIGKILL)
    assert not is_alive(former)
    assert is_alive(started)
    kill(started)
    sleeper.wait()


def test_a_process_that_only_waits_to_be_reaped_is_not_alive(
    sleeper: subprocess.Popen[bytes],
) -> None:
    started = identify(sleeper.pid)
    sleeper.kill()
    assert holds_within(lambda: not is_alive(started), 5)
    sleeper.wait()


def test_a_session_is_found_by_its_folder_and_file_together(
    sleeper: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert sessions_of(Path("60"), tmp_path) == {sleeper.pid}
    assert sessions_of(Path("61"), tmp_path) == set()
    assert sessions_of(Path("60"), tmp_path.parent) == set()
    sleeper.kill()
    sleeper.wait()


# Folders, stamps, locks, state


def test_a_long_path_does_not_make_a_socket_path_too_long() -> None:
    long = LabFolder(Path("/", "x" * 120, "labs", "a"))
    short = LabFolder(Path("/x/labs/a"))
    assert short.sockets == Path("/x/labs/a/run")
    for folder in (long, short):
        assert len(str(folder.sockets / SOCKET_NAME)) <= LONGEST_SOCKET_BYTES


@pytest.mark.parametrize("name", ["../x", "", "A", "a/b", "1a", "a" * 32, "a b", "a\n"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        LabRoot(Path("/x")).lab(name)


def test_the_cache_folder_of_the_environment_is_used() -> None:
    assert find_root({"XDG_CACHE_HOME": "/x"}).path == Path("/x/workeroo/lab")


def test_a_folder_that_was_half_made_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "it"

    def fail(into: Path) -> None:
        (into / "half").touch()
        raise Unavailable("cut off")

    with pytest.raises(Unavailable):
        make_once(folder, "1", fail)
    assert not is_complete(folder)
    make_once(folder, "1", lambda into: (into / "whole").touch())
    assert sorted(path.name for path in folder.iterdir()) == [".complete", "whole"]
    make_once(folder, "1", fail)
    assert is_complete(folder, "1")
    assert not is_complete(folder, "2")


def test_a_lock_keeps_the_second_out_until_the_first_is_done(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    order: list[str] = []

    def second() -> None:
        with locked(path, Silent()):
            order.append("second")

    with locked(path, Silent()):
        thread = threading.Thread(target=second)
        thread.start()
        order.append("first")
        path.unlink()  # as destroy does; who waits must then take the file that stands there
    thread.join(10)
    assert order == ["first", "second"]


def test_state_that_cannot_be_read_is_no_state(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    assert read_state(path) is None
    write_state(path, LabState(Ports(1, 2, 3), odoo=Started(4, 5)))
    state = read_state(path)
    assert state is not None
    assert (state.ports, state.odoo) == (Ports(1, 2, 3), Started(4, 5))
    path.write_text("{", encoding="utf-8")
    assert read_state(path) is None
    write_state(path, LabState(Ports(1, 2, 3), schema=99))
    assert read_state(path) is None


# Ports, sites, users, programs


def test_a_port_in_use_or_chosen_by_another_lab_is_not_chosen() -> None:
    first = choose_ports([])
    with socket.create_server(("127.0.0.1", first.http)):
        assert not is_free(first.http)
        others = choose_ports([first.evented])
    assert not {first.http, first.evented} & set(others.all())
    assert len(set(others.all())) == 3


def test_a_site_is_filled_and_an_unknown_placeholder_refused() -> None:
    assert fill("listen @PORT@; $host", {"PORT": "80"}) == "listen 80; $host"
    with pytest.raises(InputError, match="@PROT@ means nothing in a site; use one of @PORT@"):
        fill("listen @PROT@;", {"PORT": "80"})


@AS_ROOT
def test_root_never_runs_the_lab_as_root() -> None:
    assert choose_user({}).name == "nobody"
    assert choose_user({"SUDO_UID": "0"}).name == "nobody"
    assert choose_user({"SUDO_UID": "65534"}).uid == 65534
    assert choose_user({"SUDO_UID": "x"}).name == "nobody"
    assert choose_user({"WORKEROO_LAB_USER": "daemon", "SUDO_UID": "65534"}).name == "daemon"
    with pytest.raises(UsageError, match="not run as root"):
        choose_user({"WORKEROO_LAB_USER": "root"})
    with pytest.raises(UsageError, match="no user 'noone'"):
        choose_user({"WORKEROO_LAB_USER": "noone"})


@AS_ROOT
def test_a_folder_that_the_labs_user_cannot_enter_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(NotPermitted, match="'nobody' cannot enter this folder; open the folders"):
        LabRoot(tmp_path / "workeroo" / "lab").prepare(choose_user({}))


def test_a_missing_program_is_told_with_the_package_that_brings_it() -> None:
    with pytest.raises(Unavailable, match="needs no-such-thing; apt-get install the-package"):
        find_program("no-such-thing", package="the-package")


def test_a_program_that_fails_is_told_with_what_it_said() -> None:
    said = "echo one; echo 'E: no such package'; echo three; exit 3"
    with pytest.raises(Unavailable, match="sh ended with status 3: E: no such package"):
        run(["/bin/sh", "-c", said])


def test_a_program_is_watched_while_it_runs(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    wait = 'until [ -e "$1" ]; do sleep 0.01; done; cat'
    out = run(["/bin/sh", "-c", wait, "sh", flag], stdin=b"heard", while_running=flag.touch)
    assert out == "heard"


def test_what_never_happens_is_told_with_its_bound() -> None:
    with pytest.raises(Unavailable, match="the rain did not happen within 0 s"):
        wait_until(lambda: False, seconds=0, what="the rain")

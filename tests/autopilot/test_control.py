"""Is an autopilot that runs asked and told, and does systemd hear of it?"""

from __future__ import annotations

import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from workeroo.autopilot.control import Control, ask
from workeroo.autopilot.notify import notify
from workeroo.autopilot.product import Bounds, Status
from workeroo.errors import MissingInput, Unavailable

STATUS = Status(
    pid=1, deployment="odoo", dry_run=False, paused=False, since_unix_seconds=0, master_pid=2,
    bounds=Bounds(floor=2, ceiling=9), last=None, signals={}, journal="",
)  # fmt: skip


@pytest.fixture
def control(tmp_path: Path) -> Iterator[tuple[Path, list[str]]]:
    """A socket that is served, and the words that it heard."""
    heard: list[str] = []

    def answer(word: str) -> Status:
        heard.append(word)
        return msgspec.structs.replace(STATUS, paused=word == "pause")

    path = tmp_path / "8069.sock"
    end = threading.Event()
    with closing(Control(path, answer)) as it:

        def serve() -> None:
            while not end.is_set():
                it.serve(time.monotonic() + 0.02)

        thread = threading.Thread(target=serve)
        thread.start()
        yield path, heard
        end.set()
        thread.join()


def test_a_word_in_and_a_status_out(control: tuple[Path, list[str]]) -> None:
    path, heard = control

    assert ask(path, "pause").paused
    assert not ask(path, "status").paused
    assert heard == ["pause", "status"]


def test_only_its_own_user_may_open_it(control: tuple[Path, list[str]]) -> None:
    assert stat.S_IMODE(control[0].stat().st_mode) == 0o600


def test_a_client_that_says_nothing_or_nonsense_holds_nobody_up(
    control: tuple[Path, list[str]],
) -> None:
    path, heard = control
    with socket.socket(socket.AF_UNIX) as silent, socket.socket(socket.AF_UNIX) as mad:
        silent.connect(str(path))
        mad.connect(str(path))
        mad.sendall(b"\xff\xfe launch\n")
        assert ask(path, "status") == STATUS
    assert heard == ["status"]


def test_a_second_one_on_the_same_socket_is_refused(control: tuple[Path, list[str]]) -> None:
    with pytest.raises(Unavailable, match="another autopilot"):
        Control(control[0], lambda _: STATUS)


def test_a_socket_that_was_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "8069.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with pytest.raises(MissingInput, match="no autopilot runs"):
        ask(path, "status")
    Control(path, lambda _: STATUS).close()
    assert not path.exists()


def test_systemd_hears_each_message_and_nobody_else_is_needed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        notify({"NOTIFY_SOCKET": str(tmp_path / "notify")}, "READY=1")
        assert systemd.recv(99) == b"READY=1"
    notify({}, "READY=1")
    notify({"NOTIFY_SOCKET": "/nowhere"}, "READY=1")

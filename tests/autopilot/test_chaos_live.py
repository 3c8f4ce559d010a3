"""Is a real Odoo never worse off for the autopilot, whatever happens to either?

benchmarks/chaos.py tells the same stories at length, each also without an autopilot.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from tests.autopilot.asking import clients
from tests.autopilot.flying import (
    autopilot,
    deeds,
    deeds_sum,
    entries,
    explain,
    last,
    looked_at,
    soon,
    workers,
)

from workeroo.autopilot.control import ask
from workeroo.autopilot.place import Place
from workeroo.errors import Unavailable
from workeroo.lab.folder import LabFolder
from workeroo.lab.lab import Lab
from workeroo.lab.memorygroup import MemoryGroup, memory_group
from workeroo.lab.source import OdooSource
from workeroo.units import GIB, MIB

pytestmark = pytest.mark.lab

RELOAD_SECONDS = 90
"""A reload loads the registry anew, beside what serves."""


@pytest.fixture(scope="module")
def server(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A lab whose Odoo survives SIGHUP: it starts itself anew as "python", which must be found."""
    found = OdooSource.environment

    def with_path(self: OdooSource, folder: LabFolder) -> dict[str, str]:
        told = found(self, folder)
        return told | {"PATH": f"{self.python.parent}:{told.get('PATH', os.defpath)}"}

    conf = tmp_path_factory.mktemp("chaos") / "odoo.conf"
    conf.write_text("[options]\nworkers = 2\nmax_cron_threads = 0\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(OdooSource, "environment", with_path)
        lab = lab_factory("chaos")
        lab.up(conf=conf)
    return lab


@pytest.fixture
def place(server: Lab, tmp_path: Path) -> Place:
    return Place(tmp_path, server.http_port)


@contextmanager
def stopped(*pids: int) -> Iterator[None]:
    """Processes that a signal holds for the length of a block."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def test_others_come_for_workers_that_are_stopped_and_those_lose_no_request(
    server: Lab, place: Place
) -> None:
    with autopilot(place, "--calm", "1"):
        with stopped(*(worker.pid for worker in looked_at(server).http)):
            with clients(server, 2, "sleep?seconds=0.2") as asking:
                soon(lambda: asking.answered > 3, "answers of others")
                asking.end.set()
            soon(lambda: last(place).busy == 0, "rest")
            assert "2 stopped" in last(place).sentence
            assert workers(server) > 2
        soon(lambda: workers(server) == 2, "the floor")
    assert asking.lost == 0


def test_a_stopped_master_gets_no_signal_and_its_workers_go_on(server: Lab, place: Place) -> None:
    with autopilot(place), stopped(server.master_pid):
        soon(lambda: last(place).rule == "stopped_master", "a held look")
        with clients(server, 4, "sleep?seconds=0.2") as asking:
            soon(lambda: asking.answered > 9 and last(place).waiting > 0, "a queue")
    assert asking.lost == 0
    assert deeds(place) == []


def test_a_reload_is_waited_for_and_loses_no_request(server: Lab, place: Place) -> None:
    before = server.master_pid
    with autopilot(place):
        with clients(server, 4, "sleep?seconds=0.5") as asking:
            soon(lambda: workers(server) > 2, "growth")
            os.kill(before, signal.SIGHUP)
            soon(lambda: last(place).rule == "reloading", "a reload", RELOAD_SECONDS)
            soon(lambda: not looked_at(server).reloading, "the old ones' end", RELOAD_SECONDS)
            held = len(deeds(place))
            soon(lambda: len(deeds(place)) > held, "growth after it")
        assert ask(place.socket, "status").master_pid == before
    assert asking.lost == 0
    assert [e.sentence for e in entries(place) if e.rule == "reloading" and e.signals] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, so small that it can be filled."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def filled(folder: Path) -> Path:
    """A file that takes all that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return ballast


def test_a_full_disk_stops_nothing_and_the_journal_has_all_of_it_when_there_is_room(
    server: Lab, small_disk: Path
) -> None:
    place = Place(small_disk, server.http_port)
    ballast = filled(small_disk)
    with autopilot(place, "--calm", "1"):
        with clients(server, 4, "sleep?seconds=0.3") as asking:
            soon(lambda: workers(server) > 2, "growth")
            soon(lambda: bool(ask(place.socket, "status").trouble), "a word of it")
            assert "No space left on device" in ask(place.socket, "status").trouble[0]
            assert "last steps may be missing here" in explain(place)
        soon(lambda: workers(server) == 2, "the floor")
        ballast.unlink()
        soon(lambda: not ask(place.socket, "status").trouble, "a journal that is written")
        sent = ask(place.socket, "status").signals
        assert {name: deeds_sum(place, name) for name in sent} == sent
    assert asking.lost == 0


SHIFTED = """
import sys, time
from pathlib import Path
real, offset = time.time, Path(sys.argv[1])
time.time = lambda: real() + float(offset.read_text())
from workeroo.cli import run
sys.exit(run(sys.argv[2:]))
"""
"""The clock on the wall is the only one that anybody can set."""


def test_a_clock_that_is_set_by_hours_changes_no_decision_and_no_answer(
    server: Lab, place: Place, tmp_path: Path
) -> None:
    def set_by(seconds: float) -> None:
        (tmp_path / "new").write_text(str(seconds), encoding="ascii")
        (tmp_path / "new").replace(tmp_path / "offset")

    set_by(0)
    command = (sys.executable, "-c", SHIFTED, str(tmp_path / "offset"))
    with autopilot(place, "--calm", "1", command=command):
        with clients(server, 4, "sleep?seconds=0.3") as asking:
            soon(lambda: workers(server) > 2, "growth")
            set_by(HOURS_SECONDS)
            soon(lambda: last(place).unix_seconds > time.time() + 3600, "a later hour")
            set_by(-HOURS_SECONDS)
            soon(lambda: last(place).unix_seconds < time.time() - 3600, "an earlier one")
            soon(lambda: asking.answered > 20, "answers")
        soon(lambda: workers(server) == 2, "the floor")
        told = explain(place)
    found = entries(place)
    assert asking.lost == 0
    assert re.search(r"The last step, [\d.]+ s ago", told), told
    assert [e.at_seconds for e in found] == sorted(e.at_seconds for e in found)
    assert [e.unix_seconds for e in found] != sorted(e.unix_seconds for e in found)


HOURS_SECONDS = 7200


@pytest.fixture
def group(server: Lab) -> Iterator[MemoryGroup]:
    """A memory group in which the server is for one test; it is outside again after that."""
    with ExitStack() as held:
        try:
            it = held.enter_context(memory_group(f"workeroo-{os.getpid()}"))
        except Unavailable as reason:
            pytest.skip(reason.what)
        it.limit(4 * GIB)
        it.restart(server)
        held.callback(server.restart)
        yield it


ROOM_BYTES = 100 * MIB
"""More than one worker of the lab takes when it ends, less than two."""


def test_a_memory_limit_that_comes_down_ends_growth_and_sends_idle_workers_away(
    server: Lab, place: Place, group: MemoryGroup
) -> None:
    def braked() -> bool:
        group.limit(group.used_bytes + ROOM_BYTES)
        return any(e.rule == "memory_brake" for e in entries(place) if e.signals)

    with autopilot(place, "--calm", "300"):
        with clients(server, 6, "sleep?seconds=0.3") as asking:
            soon(lambda: workers(server) >= 4 and asking.answered > 20, "growth")
            group.limit(group.used_bytes + ROOM_BYTES)
            soon(lambda: "memory is low" in last(place).sentence, "a look at the limit")
        soon(braked, "the brake")
    assert asking.lost == 0
    assert group.kills == 0

"""Is a real Odoo never worse off for the autopilot, whatever happens to either?

benchmarks/chaos.py tells the same stories at length, each also without an autopilot.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.autopilot.asking import clients
from tests.autopilot.flying import autopilot, deeds, entries, last, looked_at, soon, workers

from workeroo.autopilot.control import ask
from workeroo.autopilot.place import Place
from workeroo.lab.folder import LabFolder
from workeroo.lab.lab import Lab
from workeroo.lab.source import OdooSource

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

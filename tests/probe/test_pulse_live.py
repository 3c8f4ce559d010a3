"""Does the watch see a real Odoo as it is?"""

from __future__ import annotations

import codecs
import http.client
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from workeroo.errors import Unavailable
from workeroo.facts.pulse import Pulse, Worker
from workeroo.lab.lab import Lab
from workeroo.lab.wait import wait_until
from workeroo.probe.collect import running_deployments
from workeroo.probe.paced import Paced
from workeroo.probe.pulse import Watcher, watcher_of

pytestmark = pytest.mark.lab

SOON_SECONDS = 20
"""More than anything here takes on a machine that others use too."""


@pytest.fixture(scope="module")
def two_workers(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> Lab:
    conf = tmp_path_factory.mktemp("pulse") / "odoo.conf"
    conf.write_text("[options]\nworkers = 2\nmax_cron_threads = 1\n", encoding="utf-8")
    lab = lab_factory("pulse")
    lab.up(conf=conf)
    return lab


@pytest.fixture
def watcher(two_workers: Lab) -> Iterator[Watcher]:
    with closing(Watcher(two_workers.master_pid, two_workers.http_port)) as it:
        yield it


@contextmanager
def clients(lab: Lab, count: int, lever: str = "sleep?seconds=1.5") -> Iterator[None]:
    """So many clients that ask at once; all have their answer at the end."""

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", lab.http_port, timeout=60)
        with suppress(OSError, http.client.HTTPException):  # a server that is ended under them
            connection.request("GET", f"/workeroo_lab/{lever}")
            connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def until(watcher: Watcher, holds: Callable[[Pulse], bool], what: str) -> Pulse:
    """The first look at which something holds."""
    seen: list[Pulse] = []

    def look() -> bool:
        seen.append(watcher.look())
        return holds(seen[-1])

    wait_until(look, seconds=SOON_SECONDS, what=what)
    return seen[-1]


def idle(pulse: Pulse) -> bool:
    return pulse.count("idle") == 2 and not pulse.waiting


def full(pulse: Pulse) -> bool:
    return pulse.waiting == 3 and pulse.count("busy") == 2


def test_of_five_requests_two_are_served_and_three_wait(two_workers: Lab, watcher: Watcher) -> None:
    before = until(watcher, idle, "rest")
    with clients(two_workers, 5):
        seen = until(watcher, full, "two served and three waiting")
        assert [worker.connections for worker in seen.http] == [1, 1]
        assert seen.backlog == 16  # 8 for each worker that odoo.conf asks for
        later = until(watcher, lambda p: p.oldest_wait_seconds > seen.oldest_wait_seconds, "age")
        assert all(worker.request_seconds > 0 for worker in later.http)
        after = until(watcher, lambda p: p.served - before.served == 5, "five answers")
    assert after.trouble == ()


def test_every_process_has_its_part(watcher: Watcher) -> None:
    parts = [worker.part for worker in watcher.look().workers]

    assert sorted(parts) == ["cron worker", "evented", "http worker", "http worker"]


def test_memory_is_looked_at_one_process_after_the_other(watcher: Watcher) -> None:
    def known(pulse: Pulse) -> int:
        return sum(isinstance(worker.pss_bytes, int) for worker in pulse.workers)

    assert known(watcher.look()) == 1
    watcher._pss._paced.share = 1.0  # the test does not wait for what it costs
    for worker in until(watcher, lambda pulse: known(pulse) == 4, "every share").workers:
        assert isinstance(worker.pss_bytes, int)
        assert 0 < worker.pss_bytes <= worker.rss_bytes < worker.vms_bytes


def test_a_server_that_was_found_is_watched_where_it_answers(two_workers: Lab) -> None:
    found = [d for d in running_deployments() if d.of("master")]
    deployment = next(d for d in found if d.of("master")[0].pid == two_workers.master_pid)

    with closing(watcher_of(deployment)) as watcher, ExitStack() as open_ones:
        assert watcher.port == two_workers.http_port
        for _ in range(3):
            address = ("127.0.0.1", two_workers.evented_port)
            open_ones.enter_context(socket.create_connection(address))
        watcher._evented._paced = Paced(1.0)  # the test does not wait for the next count
        seen = until(watcher, lambda pulse: evented(pulse) == 3, "three connections")
        assert len(seen.http) == 2


def evented(pulse: Pulse) -> int:
    return sum(worker.connections for worker in pulse.workers if worker.part == "evented")


def test_a_worker_that_is_stopped_looks_so_and_goes_on(watcher: Watcher) -> None:
    pid = until(watcher, idle, "rest").http[0].pid

    os.kill(pid, signal.SIGSTOP)
    try:
        seen = until(watcher, lambda pulse: pulse.count("stopped") == 1, "a stop")
        assert next(w for w in seen.http if w.state == "stopped").pid == pid
    finally:
        os.kill(pid, signal.SIGCONT)
    until(watcher, idle, "going on")


def test_a_master_that_is_stopped_looks_so(two_workers: Lab, watcher: Watcher) -> None:
    os.kill(two_workers.master_pid, signal.SIGSTOP)
    try:
        until(watcher, lambda pulse: pulse.master_stopped, "a stop")
    finally:
        os.kill(two_workers.master_pid, signal.SIGCONT)
    until(watcher, lambda pulse: not pulse.master_stopped, "going on")


def test_a_worker_that_the_master_adds_comes_and_one_that_ends_goes(
    two_workers: Lab, watcher: Watcher
) -> None:
    def pids(pulse: Pulse) -> set[int]:
        return {worker.pid for worker in pulse.http if worker.state == "idle"}

    before = pids(until(watcher, idle, "rest"))
    os.kill(two_workers.master_pid, signal.SIGTTIN)
    more = pids(until(watcher, lambda pulse: len(pids(pulse)) == 3, "a third worker"))
    os.kill(two_workers.master_pid, signal.SIGTTOU)
    (new,) = more - before
    os.kill(new, signal.SIGINT)
    until(watcher, lambda pulse: pids(pulse) == before, "two workers")


def test_a_worker_is_present_from_its_first_moment(two_workers: Lab, watcher: Watcher) -> None:
    before = {worker.pid for worker in until(watcher, idle, "rest").http}
    os.kill(two_workers.master_pid, signal.SIGTTIN)
    born: list[Worker] = []

    def has_come() -> bool:
        born.extend(worker for worker in watcher.look().http if worker.pid not in before)
        return bool(born) and born[-1].state == "idle"

    wait_until(has_come, seconds=SOON_SECONDS, what="a third worker")
    assert {worker.state for worker in born} <= {"starting", "idle"}
    os.kill(two_workers.master_pid, signal.SIGTTOU)
    os.kill(born[-1].pid, signal.SIGINT)
    until(watcher, idle, "two workers")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be other users")
def test_the_user_of_odoo_sees_all_and_another_user_says_what_it_does_not(two_workers: Lab) -> None:
    user = two_workers.user
    with clients(two_workers, 1, "sleep?seconds=3"):
        mine = seen_as(user.uid, user.gid, two_workers)
        others = seen_as(1, 1, two_workers)

    assert mine.trouble == ()
    assert all(worker.rss_bytes for worker in mine.http)
    assert "who serves which connection is not seen" in others.trouble[0]
    assert others.count("busy") == 0
    assert len(others.http) >= 2  # one of an earlier test may still be ending


def seen_as(uid: int, gid: int, lab: Lab) -> Pulse:
    """One look by another user, in a process that is nothing else."""
    codecs.lookup("ascii")  # that user may not read where Python's modules are
    inner, outer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
            with closing(Watcher(lab.master_pid, lab.http_port)) as watcher:
                os.write(outer, msgspec.json.encode(watcher.look()))
        finally:
            os._exit(0)
    os.close(outer)
    with os.fdopen(inner, "rb") as told:
        pulse = msgspec.json.decode(told.read(), type=Pulse)
    os.waitpid(pid, 0)
    return pulse


def test_without_netlink_the_same_is_seen(
    two_workers: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine the dear list would rest for longer than the requests take.
    monkeypatch.setattr("workeroo.probe.pulse._DEAR_LIST_SHARE", 1.0)
    pid, port = two_workers.master_pid, two_workers.http_port
    with closing(Watcher(pid, port, netlink=False)) as watcher:
        until(watcher, idle, "rest")
        with clients(two_workers, 5):
            assert until(watcher, full, "two served and three waiting").backlog is None


def test_a_master_that_ended_is_told(lab_factory: Callable[[str], Lab], tmp_path: Path) -> None:
    conf = tmp_path / "odoo.conf"
    conf.write_text("[options]\nworkers = 0\n", encoding="utf-8")
    lab = lab_factory("pulse-threaded")
    lab.up(conf=conf)
    with closing(Watcher(lab.master_pid, lab.http_port)) as watcher:
        with clients(lab, 3):
            seen = until(watcher, lambda pulse: bool(served(pulse)), "requests")
            assert [worker.part for worker in seen.workers] == ["threaded server"]
            seen = until(watcher, lambda pulse: served(pulse) == 3, "three requests")
            assert seen.workers[0].state == "busy"
        lab.down()
        with pytest.raises(Unavailable, match="has ended"):
            watcher.look()


def served(pulse: Pulse) -> int:
    workers: tuple[Worker, ...] = pulse.workers
    return sum(worker.connections for worker in workers)

"""Does the hand change the number of workers of a real Odoo, and lose nothing and nobody?"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing

import msgspec
import pytest
from tests.autopilot.asking import clients

from workeroo.autopilot.census import present
from workeroo.autopilot.hand import Hand
from workeroo.autopilot.product import Outcome, Step, Victim
from workeroo.autopilot.standing import standing
from workeroo.facts.pulse import Pulse, Worker
from workeroo.lab.lab import Lab
from workeroo.lab.wait import wait_until
from workeroo.probe.pulse import Watcher

pytestmark = pytest.mark.lab

SOON_SECONDS = 20


@pytest.fixture(scope="module")
def server(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> Lab:
    conf = tmp_path_factory.mktemp("hand") / "odoo.conf"
    conf.write_text("[options]\nworkers = 3\nmax_cron_threads = 1\n", encoding="utf-8")
    lab = lab_factory("hand")
    lab.up(conf=conf)
    return lab


@pytest.fixture
def watcher(server: Lab) -> Iterator[Watcher]:
    with closing(Watcher(server.master_pid, server.http_port)) as it:
        idle(it)
        yield it


def idle(watcher: Watcher) -> Pulse:
    """A look at which nobody works."""
    return until(watcher, lambda pulse: pulse.count("idle") == present(pulse) and not pulse.waiting)


def until(watcher: Watcher, holds: Callable[[Pulse], bool]) -> Pulse:
    wait_until(lambda: holds(watcher.look()), seconds=SOON_SECONDS, what="the look")
    return watcher.look()


def born(pulse: Pulse) -> set[Victim]:
    return {named(worker) for worker in pulse.http if worker.state != "ending"}


def named(worker: Worker) -> Victim:
    return Victim(worker.pid, worker.start_ticks)


def do(watcher: Watcher, kind: str, count: int = 1, victim: Victim | None = None) -> Outcome:
    step = msgspec.convert({"kind": kind, "count": count}, Step)
    step = msgspec.structs.replace(step, victim=victim)
    return Hand(watcher.look).do(step, watcher.look())


def test_it_grows_by_as_many_as_were_asked_for_while_some_wait(
    server: Lab, watcher: Watcher
) -> None:
    before = present(watcher.look())
    with clients(server, 9, "sleep?seconds=0.5"):
        until(watcher, lambda pulse: pulse.waiting > 2)
        outcome = do(watcher, "grow", 2)

    assert (outcome.done, outcome.signals, outcome.confirmed) == (2, ("SIGTTIN",) * 2, True)
    assert present(watcher.look()) == before + 2


def test_it_takes_away_the_worker_that_was_named_and_no_other(watcher: Watcher) -> None:
    do(watcher, "grow")
    before = watcher.look()
    victim = named(before.http[1])
    outcome = do(watcher, "shrink", victim=victim)

    assert (outcome.done, outcome.confirmed) == (1, True)
    assert outcome.signals[:2] == ("SIGTTOU", "SIGINT")
    assert born(watcher.look()) == born(before) - {victim}


def test_a_retired_worker_gives_its_place_to_a_fresh_one(watcher: Watcher) -> None:
    before = watcher.look()
    victim = named(before.http[0])
    outcome = do(watcher, "retire", victim=victim)
    after = watcher.look()

    assert (outcome.done, outcome.confirmed) == (1, True)
    assert set(outcome.signals) == {"SIGINT"}
    assert (present(after), victim in born(after)) == (present(before), False)


def test_a_busy_worker_is_never_touched(server: Lab, watcher: Watcher) -> None:
    with clients(server, present(watcher.look()) + 2, "sleep?seconds=1"):
        until(watcher, lambda pulse: pulse.count("busy") == present(pulse))
        before = watcher.look()
        gone = do(watcher, "shrink", victim=named(before.http[0]))
        fresh = do(watcher, "retire", victim=named(before.http[0]))

    assert (gone.done, gone.signals, gone.why) == (0, (), "no worker is idle any more")
    assert (fresh.done, fresh.signals, fresh.why) == (0, (), "it is not idle any more")
    assert born(watcher.look()) == born(before)


def test_where_the_worker_that_was_named_works_by_now_another_idle_one_goes(
    server: Lab, watcher: Watcher
) -> None:
    do(watcher, "grow")
    with clients(server, 1, "sleep?seconds=2") as one:
        one.end.set()
        busy = named(next(w for w in until(watcher, some_busy).http if w.state == "busy"))
        outcome = do(watcher, "shrink", victim=busy)
        after = born(watcher.look())

    assert outcome.done == 1
    assert busy in after
    assert one.lost == 0


def some_busy(pulse: Pulse) -> bool:
    return pulse.count("busy") == 1


def test_a_worker_that_is_none_is_not_signalled(watcher: Watcher) -> None:
    own = standing(os.getpid())
    assert own is not None
    cron = next(worker for worker in watcher.look().workers if worker.part == "cron worker")
    first = watcher.look().http[0]
    older = Victim(first.pid, first.start_ticks - 1)

    for victim in (Victim(own.pid, own.start_ticks), named(cron), older):
        outcome = do(watcher, "retire", victim=victim)
        assert (outcome.done, outcome.signals) == (0, ())


def test_a_master_that_is_another_by_now_is_not_signalled(watcher: Watcher) -> None:
    meant = msgspec.structs.replace(watcher.look(), master_start_ticks=1)
    outcome = Hand(watcher.look).do(Step(kind="grow", count=1), meant)

    assert (outcome.signals, outcome.why) == ((), "another server has taken its place")


def test_a_process_without_a_handler_is_never_sent_what_would_stop_it(watcher: Watcher) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        now = standing(bystander.pid)
        assert now is not None
        pulse = msgspec.structs.replace(
            watcher.look(), master_pid=now.pid, master_start_ticks=now.start_ticks
        )
        outcome = Hand(lambda: pulse).do(Step(kind="grow", count=1), pulse)
        after = standing(bystander.pid)
    finally:
        bystander.kill()
        bystander.wait()

    assert outcome.signals == ()
    assert "no handler for SIGTTIN" in outcome.why
    assert after is not None
    assert not after.is_stopped


def test_a_stopped_master_is_left_alone(server: Lab, watcher: Watcher) -> None:
    os.kill(server.master_pid, signal.SIGSTOP)
    try:
        pulse = until(watcher, lambda pulse: pulse.master_stopped)
        outcome = Hand(watcher.look).do(Step(kind="grow", count=1), pulse)
    finally:
        os.kill(server.master_pid, signal.SIGCONT)

    assert (outcome.done, outcome.signals) == (0, ())
    assert "stopped" in outcome.why


def test_under_load_no_request_is_lost_whatever_the_hand_does(
    server: Lab, watcher: Watcher
) -> None:
    with clients(server, 4, "sleep?seconds=0.03") as asking:
        hand = Hand(watcher.look)
        done = {"grow": 0, "shrink": 0, "retire": 0}
        for turn in range(24):
            kind = ("grow", "retire", "shrink")[turn % 3]
            pulse = watcher.look()
            free = [worker for worker in pulse.http if worker.state == "idle"]
            victim = named(free[0]) if free else None
            step = msgspec.structs.replace(Step(kind="grow", count=1), kind=kind, victim=victim)
            done[kind] += hand.do(step, pulse).done

    assert asking.lost == 0
    assert asking.answered > 50
    assert min(done.values()) > 0
    assert 2 <= present(watcher.look()) <= 12

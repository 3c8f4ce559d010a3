"""Is a request lost when a server gets fewer workers, replaces one, or is started anew?

Fewer: the master is told to hold one worker less (SIGTTOU), and one worker to finish what it does
and leave (SIGINT). Replaced: a worker alone is told so. Each process is identified by its pid and
the time at which it began before it is signalled.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import msgspec

from workeroo.evidence import Evidence
from workeroo.progress import Progress
from workeroo.prove.levers import LAB
from workeroo.prove.others import PAGE, Meanwhile, Users, others, users_numbers
from workeroo.prove.product import Hop, Number, Verdict
from workeroo.prove.proof import Found, Proof, Trial, broken, no_workers, ok, unseen, verdict
from workeroo.prove.stage import Stage
from workeroo.prove.wait import holds_within
from workeroo.prove.weights import http_workers, parts_now, started_of
from workeroo.signalling import signal_process
from workeroo.units import format_count

TIMES = 5
QUICK_TIMES = 1
"""How often the server is made smaller, and a worker replaced."""

LEAST_WORKERS = 2
"""A server of one worker is not made smaller: it would have none."""

SLOW_SECONDS = 0.5
"""Every other request of users takes so long, so that workers are at work when they are told."""

PER_SECOND_EACH = 2.0
"""Requests of users for each worker that stays: it is at work half of the time, and none queues up
for want of the worker that was taken away."""

MOST_PER_SECOND = 12.0
"""More would only load the host."""

LEAVES_SECONDS = 30.0
"""A worker finishes its request, and the master notices within its beat of four seconds."""

USERS_BETWEEN = 3
"""Requests that end between two signals, so that the next one meets a server at work."""

MEANS = Evidence(
    "read",
    "SIGTTOU makes the master hold one worker less and stops none; SIGINT lets a worker finish its "
    "request and leave",
    "odoo/service/server.py: PreforkServer.process_signals, Worker.signal_handler, 12 to 19",
)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done to the server while users asked.

    Attributes:
        name: "shrink", "recycle", "restart".
        times: how often it was done.
        worked: whether the server did what it was told.
        users: what became of the users.
    """

    name: str
    times: int
    worked: bool
    users: Users


class Handled(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen.

    Attributes:
        workers: HTTP workers before.
        steps: what was done.
    """

    workers: int
    steps: list[Step]


def promise(stage: Stage) -> str:
    """The promise."""
    del stage
    return "no request is lost while the server gets fewer workers, or replaces one"


def lacks(stage: Stage) -> str | None:
    """Why it cannot be tried."""
    return no_workers(stage)


def prove(stage: Stage, trial: Trial, progress: Progress) -> Verdict:
    """Signal, count, and judge."""
    promised = promise(stage) + (", or is started anew" if trial.restart else "")
    if not trial.may_signal:
        return Verdict(
            proof=PROOF.name,
            target=stage.target,
            outcome="could not tell",
            promised=promised,
            observed="nothing was tried: it signals the server's master and workers",
            hops=[],
            cure="call it with --yes where that may be done to this server",
        )
    times = QUICK_TIMES if trial.quick else TIMES
    steps = []
    if len(stage.workers) >= LEAST_WORKERS:
        with progress.step("making the server smaller, and larger again"):
            steps.append(_shrink(stage, times))
    with progress.step("replacing workers"):
        steps.append(_recycle(stage, times))
    if trial.restart is not None:
        with progress.step("starting the server anew"):
            steps.append(_restart(stage, trial.restart))
    found = judge(Handled(workers=len(stage.workers), steps=steps))
    return msgspec.structs.replace(verdict(PROOF, stage, found), promised=promised)


def judge(handled: Handled) -> Found:
    """What was seen, held against the promise."""
    hops = [_hop(step) for step in handled.steps]
    if handled.workers < LEAST_WORKERS:
        hops.insert(0, unseen("shrink", "the server has one worker, and is not left without"))
    lost = sum(step.users.failed for step in handled.steps)
    total = sum(step.users.total for step in handled.steps)
    done = ", ".join(f"{step.name} {format_count(step.times, 'time')}" for step in handled.steps)
    return Found(
        hops=hops,
        observed=f"{done}: {lost} of {total} requests were lost",
        numbers=list(_numbers(handled)),
        evidence=[MEANS],
    )


def _shrink(stage: Stage, times: int) -> Step:
    """One worker less, and then as many as before."""
    full = len(stage.workers)
    worked = True
    with _users(stage) as meanwhile:
        for _ in range(times):
            meanwhile.wait_for(USERS_BETWEEN)
            with _one_less(stage):
                _leave(stage)
                worked &= _comes_to(stage, full - 1)
                meanwhile.wait_for(USERS_BETWEEN)
            worked &= _comes_to(stage, full)
        meanwhile.wait_for(USERS_BETWEEN)
    return Step(name="shrink", times=times, worked=worked, users=meanwhile.users)


def _recycle(stage: Stage, times: int) -> Step:
    """One worker leaves, and another one takes its place."""
    full = len(stage.workers)
    worked = True
    with _users(stage) as meanwhile:
        for _ in range(times):
            meanwhile.wait_for(USERS_BETWEEN)
            _leave(stage)
            worked &= _comes_to(stage, full)
        meanwhile.wait_for(USERS_BETWEEN)
    return Step(name="recycle", times=times, worked=worked, users=meanwhile.users)


def _restart(stage: Stage, restart: Callable[[], object]) -> Step:
    """Stopped and started, as its manager would."""
    with _users(stage) as meanwhile:
        meanwhile.wait_for(USERS_BETWEEN)
        restart()
        meanwhile.wait_for(USERS_BETWEEN)
    return Step(name="restart", times=1, worked=True, users=meanwhile.users)


def _users(stage: Stage) -> AbstractContextManager[Meanwhile]:
    """Users who ask for pages and for what takes a while."""
    slow = f"{LAB}/sleep?seconds={SLOW_SECONDS:g}"
    staying = max(len(stage.workers) - 1, 1)
    rate = min(PER_SECOND_EACH * staying, MOST_PER_SECOND)
    return others(stage, per_second=rate, pages=(PAGE, slow))


@contextmanager
def _one_less(stage: Stage) -> Iterator[None]:
    """The master holds one worker less; whatever happens, it is told to hold as many as before."""
    _tell_master(stage, signal.SIGTTOU)
    try:
        yield
    finally:
        _tell_master(stage, signal.SIGTTIN)


def _tell_master(stage: Stage, number: signal.Signals) -> None:
    """Signal the master that was found when the proof began, and no other process."""
    pid = stage.master.pid

    def is_meant() -> bool:
        return stage.began is not None and started_of(pid) == stage.began and bool(parts_now(pid))

    signal_process(pid, number, is_meant=is_meant)


def _leave(stage: Stage) -> None:
    """Have one HTTP worker finish what it does, and leave; wait until it has."""
    master = stage.master.pid
    pid = http_workers(master)[0]
    began = started_of(pid)
    signal_process(
        pid,
        signal.SIGINT,
        is_meant=lambda: started_of(pid) == began and pid in http_workers(master),
    )
    holds_within(lambda: started_of(pid) != began, LEAVES_SECONDS)


def _comes_to(stage: Stage, count: int) -> bool:
    """Whether the server comes to have so many HTTP workers."""
    return holds_within(lambda: len(http_workers(stage.master.pid)) == count, LEAVES_SECONDS)


def _hop(step: Step) -> Hop:
    users = step.users
    if not users.total:
        return unseen(step.name, "no user asked meanwhile")
    if users.failed:
        text = f"{users.failed} of {users.total} requests were lost: {users.why}"
        return broken(step.name, text, CURES[step.name])
    if not step.worked:
        text = "the server did not come to have as many workers as it was told to"
        return broken(step.name, text, "see what it says: 'workeroo diagnose LOG'")
    times = format_count(step.times, "time")
    return ok(step.name, f"{times}, and all {users.total} requests were answered")


CURES = {
    "shrink": "see what ends requests: 'workeroo diagnose LOG'",
    "recycle": "see what ends requests: 'workeroo diagnose LOG'",
    "restart": (
        "keep the socket open while Odoo starts anew: 'workeroo render systemd' writes one for "
        "series that take it"
    ),
}


def _numbers(handled: Handled) -> Iterator[Number]:
    for step in handled.steps:
        name = f"requests lost, {step.name}"
        yield Number(name=name, value=step.users.failed, unit="requests")
        for number in users_numbers(step.users):
            yield msgspec.structs.replace(number, name=f"{number.name}, {step.name}")


PROOF = Proof(
    name="graceful",
    title="No request is lost when workers are taken away or replaced.",
    text=(
        "While users ask, the server is made smaller by one worker and larger again (SIGTTOU, "
        "SIGINT, SIGTTIN), and workers are replaced (SIGINT). It signals, so it wants --yes on a "
        "server that is no lab. With --restart a lab is also started anew, and what that loses is "
        "counted."
    ),
    promise=promise,
    lacks=lacks,
    prove=prove,
    order=80,
    signals=True,
)

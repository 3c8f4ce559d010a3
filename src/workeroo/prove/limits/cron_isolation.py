"""Do users wait because a scheduled action works? And where none may run, does none?

A cron worker is a process of its own, and nicer than those that serve users by 10. A frontend has
none: what is due there is left to the backend.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from workeroo.evidence import Evidence
from workeroo.facts.process import Part
from workeroo.progress import Progress
from workeroo.prove.log import Heard
from workeroo.prove.others import PAGE, Users, asked_for, users_hop
from workeroo.prove.product import Hop, Number, Verdict
from workeroo.prove.proof import (
    NEWER_CURE,
    Found,
    Proof,
    Trial,
    broken,
    hidden_log,
    ok,
    some,
    unseen,
    verdict,
)
from workeroo.prove.scheduled import Who, cron_workers, runs_of, set_going, who_runs
from workeroo.prove.stage import Stage
from workeroo.prove.tidy import cron_off, released
from workeroo.prove.wait import holds_within
from workeroo.prove.weights import cores_now, idle_share
from workeroo.units import format_count, format_seconds

OPTION = "max_cron_threads"
ROUNDS = 3
"""Each without the scheduled action and then beside it: a host has good and bad moments."""

SECONDS = 10.0
QUICK_SECONDS = 2.0
"""How long users ask in each half of a round."""

WARMING = 8
"""Requests before: what a worker's first one costs is not the scheduled action's fault."""

PER_SECOND = 8.0
"""Requests of users: enough for a p95, far below what two workers answer."""

BURN_SECONDS = 5.0
QUICK_BURN_SECONDS = 1.0
"""CPU that one run of the scheduled action burns."""

START_SECONDS = 20.0
"""A cron worker is told at once by PostgreSQL; where it is not, it wakes within 70 s only."""

NEVER_SECONDS = 3.0
"""A scheduled action that did not begin within so long, where none is to run, was not begun."""

NICE = 10
"""Source: odoo/service/server.py: WorkerCron.start, 12 to 19."""

MOST_TIMES = 2.0
"""p95 may double: two processes that share one core are each half as quick."""

NOISE_SECONDS = 0.1
"""Beyond that, a difference of so much is the noise of a host."""

LEAST_IDLE_SHARE = 0.25
"""Where the cores have less to spare before it begins, the scheduled action is not to blame."""

MEANS = Evidence(
    "read",
    f"a cron worker is a process of its own, niced by {NICE}",
    "odoo/service/server.py: WorkerCron.start, 12 to 19",
)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What became of users without the scheduled action, and beside it.

    Attributes:
        idle_share: how much of the first half the host's cores had nothing to do; None where that
            is not seen.
    """

    without: Users
    beside: Users
    idle_share: float | None = None

    @property
    def is_even(self) -> bool | None:
        """Whether users hardly waited longer beside it; None where too few were answered."""
        without, beside = self.without.p95_seconds, self.beside.p95_seconds
        if without is None or beside is None:
            return None
        return beside <= without * MOST_TIMES + NOISE_SECONDS


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen.

    Attributes:
        cron_workers: how many the server is held to.
        threaded: whether the server has only one process.
        workers_seen: cron workers that it has.
        lines: the scheduled action's start and end.
        ran_in: the part of the process that ran it; None where it did not run.
        nicer_by: how much nicer that process is than the master; None where it is not seen.
        rounds: what became of users.
    """

    cron_workers: int
    threaded: bool
    workers_seen: int
    lines: list[Heard]
    ran_in: Part | None
    nicer_by: int | None
    rounds: list[Round]


def promise(stage: Stage) -> str:
    """The promise with its number."""
    count = stage.promise(OPTION).number
    if count <= 0:
        return f"with {OPTION} = {count} no scheduled action runs in this server"
    return (
        f"with {OPTION} = {count} scheduled actions run in processes of their own, niced by "
        f"{NICE}, and users hardly wait for them"
    )


def lacks(stage: Stage) -> str | None:
    """Why it cannot be tried."""
    if not stage.is_threaded and not stage.workers:
        return "the server has no HTTP worker, so no user waits"
    return hidden_log(stage)


def prove(stage: Stage, trial: Trial, progress: Progress) -> Verdict:
    """Have users ask with and without a scheduled action, and judge."""
    seconds = QUICK_SECONDS if trial.quick else SECONDS
    burn = QUICK_BURN_SECONDS if trial.quick else BURN_SECONDS
    rounds: list[Round] = []
    with released(stage), cron_off(stage.levers), progress.step("asking", total=ROUNDS) as step:
        for _ in range(WARMING):
            stage.levers.get(PAGE)
        ran_in, nicer_by = None, None
        for number in range(ROUNDS):
            looked = cores_now()
            without = asked_for(stage, seconds, per_second=PER_SECOND)
            idle = idle_share(looked, cores_now())
            beside, who = _beside(stage, seconds, burn)
            rounds.append(Round(without=without, beside=beside, idle_share=idle))
            ran_in, nicer_by = who if who[0] is not None else (ran_in, nicer_by)
            step.reach(number + 1, ROUNDS)
            if stage.is_threaded or not runs_of(stage):
                break  # once more would say the same
    found = judge(
        Beside(
            cron_workers=stage.promise(OPTION).number,
            threaded=stage.is_threaded,
            workers_seen=cron_workers(stage),
            lines=runs_of(stage),
            ran_in=ran_in,
            nicer_by=nicer_by,
            rounds=rounds,
        )
    )
    return verdict(PROOF, stage, found, OPTION)


def judge(seen: Beside) -> Found:
    """What was seen, held against the promise."""
    if seen.cron_workers <= 0:
        hops = [_no_worker(seen), _does_not_run(seen)]
    else:
        hops = [_own_process(seen), _nicer(seen), _p95(seen)]
    parts = [part for each in seen.rounds for part in (each.without, each.beside)]
    everybody = Users(
        answered=sum(part.answered for part in parts),
        failed=sum(part.failed for part in parts),
        why=next((part.why for part in parts if part.why), None),
    )
    hops.append(users_hop(everybody, "see why: 'workeroo diagnose LOG'", "answered"))
    runs = sum(line.name == "cron-start" for line in seen.lines)
    return Found(
        hops=hops,
        observed=f"the scheduled action ran {format_count(runs, 'time')}; {_rounds_text(seen)}",
        numbers=list(_numbers(seen)),
        lines=some(line.text for line in seen.lines),
        evidence=[MEANS],
    )


def _beside(stage: Stage, seconds: float, burn_seconds: float) -> tuple[Users, Who]:
    """Users ask while the scheduled action runs again and again."""
    awaited = cron_workers(stage) and stage.promise(OPTION).number > 0
    with set_going(stage, burn_seconds) as has_begun:
        holds_within(has_begun, START_SECONDS if awaited else NEVER_SECONDS)
        who = who_runs(stage)
        users = asked_for(stage, seconds, per_second=PER_SECOND)
    return users, who


def _no_worker(seen: Beside) -> Hop:
    name = "no cron worker"
    if seen.workers_seen:
        text = f"the server has {format_count(seen.workers_seen, 'cron worker')}"
        return broken(name, text, NEWER_CURE)
    return ok(name, "the server has none")


def _does_not_run(seen: Beside) -> Hop:
    name = "does not run"
    if seen.ran_in is not None or seen.lines:
        text = f"a scheduled action ran in the {seen.ran_in or 'server'}"
        return broken(name, text, NEWER_CURE)
    return ok(name, f"one that was due did not begin within {NEVER_SECONDS:g} s and more")


def _own_process(seen: Beside) -> Hop:
    name = "own process"
    cure = "give the server workers: 'workeroo plan'"
    if seen.threaded:
        text = "the server is threaded: scheduled actions run in the process that serves users"
        return broken(name, text, cure)
    if not seen.lines:
        if not seen.workers_seen:
            return broken(name, "the server has no cron worker, and it did not run", NEWER_CURE)
        return unseen(name, f"the scheduled action did not begin within {START_SECONDS:g} s")
    if seen.ran_in == "cron worker":
        return ok(name, "the scheduled action ran in a cron worker")
    if seen.ran_in is None:
        return unseen(name, "the process that ran it had gone before it could be looked at")
    return broken(name, f"the scheduled action ran in the {seen.ran_in}", cure)


def _nicer(seen: Beside) -> Hop:
    name = "niced"
    if seen.threaded or not seen.lines:
        return Hop(name=name, state="not reached")
    if seen.nicer_by is None:
        return unseen(name, "the process that ran it had gone before it could be looked at")
    text = f"its process is nicer than the master by {seen.nicer_by}"
    if seen.nicer_by >= NICE:
        return ok(name, text)
    return broken(name, text, "see who changes it: a unit's Nice=, a container, a wrapper")


def _p95(seen: Beside) -> Hop:
    name = "users' p95"
    told = [each.is_even for each in seen.rounds]
    if not seen.lines:
        return Hop(name=name, state="not reached")
    text = _rounds_text(seen)
    if told.count(True) * 2 > len(told):
        return ok(name, text)
    again = "try it again while the host has less to do"
    idle = [each.idle_share for each in seen.rounds if each.idle_share is not None]
    if idle and max(idle) < LEAST_IDLE_SHARE:
        busy = f"the host is busy with other things (idle {max(idle):.0%} of the time at best)"
        return unseen(name, f"{busy}: {text}", again)
    if told and all(even is False for even in told):
        cure = "run scheduled actions on a backend of their own: 'workeroo plan --split'"
        return broken(name, text, cure)
    return unseen(name, f"no round is like the other: {text}", again)


def _rounds_text(seen: Beside) -> str:
    pairs = [
        f"{_told(each.without.p95_seconds)} and {_told(each.beside.p95_seconds)}"
        for each in seen.rounds
    ]
    return f"users' p95 without it and beside it: {', '.join(pairs)}"


def _told(seconds: float | None) -> str:
    return "not seen" if seconds is None else format_seconds(seconds)


def _numbers(seen: Beside) -> Iterator[Number]:
    for number, each in enumerate(seen.rounds, 1):
        told = {
            f"users' p50 in round {number}, without": each.without.p50_seconds,
            f"users' p50 in round {number}, beside": each.beside.p50_seconds,
            f"users' p95 in round {number}, without": each.without.p95_seconds,
            f"users' p95 in round {number}, beside": each.beside.p95_seconds,
        }
        for name, seconds in told.items():
            if seconds is not None:
                yield Number(name=name, value=seconds, unit="seconds")
    yield Number(name="cron workers", value=seen.workers_seen, unit="processes")


PROOF = Proof(
    name="cron-isolation",
    title="Users hardly wait for scheduled actions, which run elsewhere.",
    text=(
        "Users ask for pages, first alone, then beside a scheduled action that burns CPU, then "
        "alone again. It must run in a process of its own that is niced, and the users' p95 must "
        "not suffer. Where max_cron_threads is 0, it must not run at all."
    ),
    promise=promise,
    lacks=lacks,
    prove=prove,
    order=70,
)

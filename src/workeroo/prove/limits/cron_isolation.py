"""Do users wait because a scheduled action works? And where none may run, does none?

A cron worker is a process of its own, and nicer than those that serve users by 10. A frontend has
none: what is due there is left to the backend.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec

from workeroo.errors import Unavailable
from workeroo.evidence import Evidence, is_known
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
from workeroo.prove.stage import Stage
from workeroo.prove.tidy import cron_off, released
from workeroo.prove.wait import holds_within
from workeroo.prove.weights import nice_of, parts_now
from workeroo.units import format_count, format_seconds

OPTION = "max_cron_threads"
LINES = ("cron-start", "cron-done")

JOB = "Workeroo Lab"
"""The name of the lab's scheduled action begins so."""

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
"""CPU that one run of the scheduled action burns."""

SHARE_OF_LIMIT = 0.4
"""Of limit_time_cpu, which holds for cron workers too, and which loading a registry counts for."""

LEAST_BURN_SECONDS = 0.5

LONGEST_RUN_SECONDS = 60.0
"""A niced run on a host that is busy."""

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

MEANS = Evidence(
    "read",
    f"a cron worker is a process of its own, niced by {NICE}",
    "odoo/service/server.py: WorkerCron.start, 12 to 19",
)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What became of users without the scheduled action, and beside it."""

    without: Users
    beside: Users

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
    rounds: list[Round] = []
    with released(stage), cron_off(stage.levers), progress.step("asking", total=ROUNDS) as step:
        for _ in range(WARMING):
            stage.levers.get(PAGE)
        ran_in, nicer_by = None, None
        for number in range(ROUNDS):
            without = asked_for(stage, seconds, per_second=PER_SECOND)
            beside, who = _beside(stage, seconds)
            rounds.append(Round(without=without, beside=beside))
            ran_in, nicer_by = who if who[0] is not None else (ran_in, nicer_by)
            step.reach(number + 1, ROUNDS)
            if stage.is_threaded or not _lines(stage):
                break  # once more would say the same
    found = judge(
        Beside(
            cron_workers=stage.promise(OPTION).number,
            threaded=stage.is_threaded,
            workers_seen=_cron_workers(stage),
            lines=_lines(stage),
            ran_in=ran_in,
            nicer_by=nicer_by,
            rounds=rounds,
        )
    )
    evidence = [stage.promise(OPTION).evidence, *found.evidence]
    found = msgspec.structs.replace(found, evidence=evidence)
    return verdict(PROOF.name, stage.target, promise(stage), found)


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


Who = tuple[Part | None, int | None]
"""The part of the process that runs it, and how much nicer that is than the master."""


def _beside(stage: Stage, seconds: float) -> tuple[Users, Who]:
    """Users ask while the scheduled action is set going again and again, until it has ended."""
    over = threading.Event()
    begun = _count(stage, "cron-start")
    awaited = _cron_workers(stage) and stage.promise(OPTION).number > 0
    longest = START_SECONDS if awaited else NEVER_SECONDS
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(_set_going, stage, over)
        try:
            holds_within(lambda: _count(stage, "cron-start") > begun or going.done(), longest)
            who = _who(stage)
            users = asked_for(stage, seconds, per_second=PER_SECOND)
        finally:
            over.set()
    going.result()
    stage.levers.pull("cron", active=0)
    _let_end(stage)
    return users, who


def _set_going(stage: Stage, over: threading.Event) -> None:
    """Have it run, and again whenever it has ended; it would fail beside itself."""
    limit = stage.promise("limit_time_cpu").number
    burn = max(min(BURN_SECONDS, limit * SHARE_OF_LIMIT), LEAST_BURN_SECONDS)
    while not over.is_set():
        begun = _count(stage, "cron-start")
        answer = stage.levers.pull("cron", burn=burn, active=1)
        if not answer.is_ok:
            raise Unavailable(f"the scheduled action could not be set going: {answer.text}")
        while _count(stage, "cron-start") == begun or _goes_on(stage):
            if over.wait(PAUSE_SECONDS):
                return


PAUSE_SECONDS = 0.1
"""Between two looks at the log."""


def _let_end(stage: Stage) -> None:
    """Wait until the run that goes on has ended, for it would run beside users who are alone."""
    holds_within(lambda: not _goes_on(stage), LONGEST_RUN_SECONDS)


def _goes_on(stage: Stage) -> bool:
    """Whether the last run has neither ended nor died."""
    last = next(reversed(_lines(stage)), None)
    return last is not None and last.name == "cron-start" and nice_of(last.pid) is not None


def _lines(stage: Stage) -> list[Heard]:
    if not is_known(stage.log):
        return []
    return [line for line in stage.log.heard(*LINES) if JOB in line.text]


def _count(stage: Stage, name: str) -> int:
    return sum(line.name == name for line in _lines(stage))


def _who(stage: Stage) -> Who:
    """Which process runs the scheduled action, and how much nicer it is than the master."""
    pid = next((line.pid for line in reversed(_lines(stage))), None)
    if pid is None:
        return None, None
    own = nice_of(stage.master.pid)
    nice = nice_of(pid)
    part = stage.master.part if pid == stage.master.pid else parts_now(stage.master.pid).get(pid)
    return part, None if nice is None or own is None else nice - own


def _cron_workers(stage: Stage) -> int:
    return sum(part == "cron worker" for part in parts_now(stage.master.pid).values())


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
    if told and all(even is False for even in told):
        cure = "run scheduled actions on a backend of their own: 'workeroo plan --split'"
        return broken(name, text, cure)
    cure = "try it again while the host has less to do"
    return unseen(name, f"no round is like the other: {text}", cure)


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

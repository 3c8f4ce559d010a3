"""Is a request that burns too much CPU ended, and what does its user see of that?

The kernel counts the CPU time of the worker and signals it at the limit. Odoo raises an exception
outside of the request, so the whole worker exits and the connection drops without an answer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec

from workeroo.evidence import Evidence
from workeroo.progress import Progress
from workeroo.prove.levers import Answer
from workeroo.prove.log import Heard
from workeroo.prove.others import Users, others, users_hop, users_numbers
from workeroo.prove.product import Hop, Number, Verdict
from workeroo.prove.proof import (
    NEWER_CURE,
    Found,
    Proof,
    Trial,
    broken,
    hidden_log,
    no_workers,
    ok,
    some,
    told_numbers,
    unseen,
    verdict,
)
from workeroo.prove.replaced import Population, population_hop, settled
from workeroo.prove.stage import Stage
from workeroo.prove.weights import cpu_seconds_of, http_workers
from workeroo.units import exact_seconds

OPTION = "limit_time_cpu"
WATCHDOG = "limit_time_real"
LINES = ("cpu-limit", "cpu-limit-traceback", "worker-timeout")

BEYOND_SECONDS = 2
"""How much more than the limit the request would burn."""

OFF_SECONDS = 1.5
"""The limit is set in whole seconds of the worker's own CPU time, rounded down, before it waits for
a request; and we look once in LOOK_SECONDS."""

OFF_SHARE = 0.15
"""Of the limit: the kernel counts whole ticks against it, and shows a time that is exact. On a host
that was busy 60 s by ticks were 57.3 s, with five processes for each core 53.8 s. Which number is
in force the log tells exactly."""

LOOK_SECONDS = 0.1
"""Between two looks at the CPU time of the workers."""

LONGEST_SECONDS = 600
"""The lever burns no longer."""

MEANS = Evidence(
    "read",
    "limit_time_cpu is RLIMIT_CPU, set anew before each request: at the limit the whole worker "
    "exits, and the connection drops without an answer",
    "odoo/service/server.py: Worker.signal_time_expired_handler, 13 to 19",
)


class Burnt(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen.

    Attributes:
        limit_seconds: what the server is held to.
        asked_seconds: how much the request would have burnt.
        answer: what came of it.
        used_seconds: CPU time of the worker that burnt, when it was last seen; None where none was.
        lines: about the CPU limit and the watchdog.
        population: HTTP workers before and after.
        users: what became of other users meanwhile.
    """

    limit_seconds: int
    asked_seconds: float
    answer: Answer
    used_seconds: float | None
    lines: list[Heard]
    population: Population
    users: Users


def promise(stage: Stage) -> str:
    """The promise with its number."""
    limit = stage.promise(OPTION).number
    return (
        f"a request that burns more than {OPTION} = {limit} s of CPU ends with its whole worker: "
        "its connection drops; the worker is replaced, others go on"
    )


def lacks(stage: Stage) -> str | None:
    """Why it cannot be tried."""
    limit = stage.promise(OPTION).number
    if limit <= 0:
        return f"{OPTION} is {limit}, which does not switch it off: workers end at once"
    if limit + BEYOND_SECONDS > LONGEST_SECONDS:
        return f"{OPTION} is {limit} s, longer than the lever burns"
    watchdog = stage.promise(WATCHDOG).number
    if 0 < watchdog <= limit + BEYOND_SECONDS:
        return f"{WATCHDOG} = {watchdog} s is too near: it would kill the worker first"
    return no_workers(stage) or hidden_log(stage)


def prove(stage: Stage, trial: Trial, progress: Progress) -> Verdict:
    """Burn too much, and judge."""
    del trial  # one is as good as several, and each takes its whole time
    limit = stage.promise(OPTION).number
    asked = limit + BEYOND_SECONDS
    longest = max(stage.promise(WATCHDOG).number, asked) + 60
    with progress.step(f"burning {asked} s of CPU"), others(stage) as meanwhile:
        meanwhile.wait_for(1)
        answer, used = _burn(stage, asked, longest)
        population = settled(stage)
        meanwhile.wait_for(2)
    found = judge(
        Burnt(
            limit_seconds=limit,
            asked_seconds=asked,
            answer=answer,
            used_seconds=used,
            lines=stage.heard(*LINES),
            population=population,
            users=meanwhile.users,
        )
    )
    return verdict(PROOF, stage, found, OPTION)


def judge(seen: Burnt) -> Found:
    """What was seen, held against the promise."""
    cure = "raise workers: with so few, others wait for a slow request"
    return Found(
        hops=[
            _dropped(seen),
            _in_time(seen),
            _said(seen),
            population_hop(seen.population),
            users_hop(seen.users, cure),
        ],
        observed=(
            f"a request for {seen.asked_seconds:g} s of CPU: {seen.answer.text} after "
            f"{exact_seconds(seen.answer.seconds)}; {seen.users.failed} of {seen.users.total} "
            "other requests failed"
        ),
        numbers=list(_numbers(seen)),
        lines=some(line.text for line in seen.lines),
        evidence=[MEANS],
    )


def _burn(stage: Stage, asked: float, longest: float) -> tuple[Answer, float | None]:
    """The request, and the CPU time that the worker which took most used meanwhile."""
    master = stage.master.pid
    before = {pid: cpu_seconds_of(pid) or 0.0 for pid in http_workers(master)}
    used: dict[int, float] = {}
    answers: list[Answer] = []

    def ask() -> None:
        answers.append(stage.levers.pull("burn", longest, seconds=asked))

    thread = threading.Thread(target=ask, name="the request that burns")
    thread.start()
    while thread.is_alive():
        for pid in http_workers(master):
            now = cpu_seconds_of(pid)
            if now is not None:
                used[pid] = now - before.setdefault(pid, now)
        thread.join(LOOK_SECONDS)
    return answers[0], max(used.values(), default=None)


def _dropped(seen: Burnt) -> Hop:
    name = "worker exits"
    if seen.answer.status is None:
        return ok(name, f"its connection dropped after {exact_seconds(seen.answer.seconds)}")
    text = (
        f"it was answered ({seen.answer.text}) after {seen.asked_seconds:g} s of CPU, beyond the "
        f"limit of {seen.limit_seconds} s"
    )
    return broken(name, text, NEWER_CURE)


def _in_time(seen: Burnt) -> Hop:
    name = "in time"
    if seen.answer.status is not None:
        return Hop(name=name, state="not reached")
    if seen.used_seconds is None:
        return unseen(name, "this user may not see the CPU time of the workers")
    text = f"its worker had used {seen.used_seconds:.1f} s of CPU when last seen"
    off = abs(seen.used_seconds - seen.limit_seconds)
    if off > OFF_SECONDS + OFF_SHARE * seen.limit_seconds:
        return broken(name, f"{text}, and the limit is {seen.limit_seconds} s", NEWER_CURE)
    return ok(name, text)


def _said(seen: Burnt) -> Hop:
    name = "log"
    own = [line for line in seen.lines if line.name == "cpu-limit"]
    numbers = {line.number for line in own}
    if numbers == {seen.limit_seconds}:
        return ok(name, f'"CPU time limit ({seen.limit_seconds}) reached", by the worker')
    if numbers:
        return broken(name, f"the limit in force is {told_numbers(own)} s", NEWER_CURE)
    if seen.answer.status is not None:
        return Hop(name=name, state="not reached")
    if any(line.name == "worker-timeout" for line in seen.lines):
        cure = f"set {WATCHDOG} well above {OPTION}; or the host was too busy: try again"
        return unseen(name, "the watchdog killed the worker first", cure)
    return unseen(name, "no such line was written: somebody else ended it")


def _numbers(seen: Burnt) -> Iterator[Number]:
    if seen.used_seconds is not None:
        yield Number(name="CPU time of the worker", value=seen.used_seconds, unit="seconds")
    yield Number(name="the request ended after", value=seen.answer.seconds, unit="seconds")
    yield from users_numbers(seen.users)


PROOF = Proof(
    name="time-cpu",
    title="A request beyond limit_time_cpu ends with its worker, and nobody else.",
    text=(
        "Sends one request that burns more CPU time than the limit, while other users ask for "
        "pages. Its worker must exit, so that its connection drops, and be replaced; every other "
        "user must be answered."
    ),
    promise=promise,
    lacks=lacks,
    prove=prove,
    order=50,
)

"""Is a request that takes too long ended by the watchdog, in time, and nobody else disturbed?

The master kills a worker from which it has heard nothing for limit_time_real seconds. A worker says
that it lives before it waits for a request, and the master looks once in a beat of four seconds, so
the request may have run that much shorter or longer.
"""

from __future__ import annotations

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
from workeroo.units import exact_seconds

OPTION = "limit_time_real"
LINE = "worker-timeout"

BEAT_SECONDS = 4
"""The longest time between two looks of the master, and between two signs of life of an idle worker
(odoo/service/server.py: PreforkServer.beat, 12 to 19)."""

SLACK_SECONDS = 2.0
"""For a host that is busy: the signal, the end of the process and of its connection."""

LONGEST_SECONDS = 600
"""The lever sleeps no longer."""

MEANS = Evidence(
    "read",
    f"the watchdog looks once in {BEAT_SECONDS} s, and an idle worker says that it lives once in "
    f"{BEAT_SECONDS} s: a request is killed within limit_time_real - {BEAT_SECONDS} s to "
    f"+ {BEAT_SECONDS} s",
    "odoo/service/server.py: PreforkServer.process_timeout, 12 to 19",
)


class Overslept(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen.

    Attributes:
        limit_seconds: what the server is held to.
        slept_seconds: how long the request would have slept.
        answer: what came of it.
        lines: "timeout after Ns" of HTTP workers.
        population: HTTP workers before and after.
        users: what became of other users meanwhile.
    """

    limit_seconds: int
    slept_seconds: float
    answer: Answer
    lines: list[Heard]
    population: Population
    users: Users


def promise(stage: Stage) -> str:
    """The promise with its number."""
    limit = stage.promise(OPTION).number
    return (
        f"a request that takes longer than {OPTION} = {limit} s is killed by the watchdog within "
        f"{limit} s and its beat of {BEAT_SECONDS} s; its worker is replaced, others go on"
    )


def lacks(stage: Stage) -> str | None:
    """Why it cannot be tried."""
    limit = stage.promise(OPTION).number
    if limit <= 0:
        return f"{OPTION} is {limit}, which kills every worker at once"
    if limit <= BEAT_SECONDS:
        return f"{OPTION} is {limit} s: idle workers are killed too, as they beat once in 4 s"
    if sleep_seconds(limit) > LONGEST_SECONDS:
        return f"{OPTION} is {limit} s, longer than the lever sleeps"
    return no_workers(stage) or hidden_log(stage)


def sleep_seconds(limit: int) -> float:
    """Longer than any promised kill."""
    return limit + BEAT_SECONDS + SLACK_SECONDS + 1


def prove(stage: Stage, trial: Trial, progress: Progress) -> Verdict:
    """Sleep too long, and judge."""
    del trial  # one kill is as good as several, and each takes its whole time
    limit = stage.promise(OPTION).number
    slept = sleep_seconds(limit)
    with progress.step(f"sleeping for {slept:g} s"), others(stage) as meanwhile:
        meanwhile.wait_for(1)
        answer = stage.levers.pull("sleep", slept + 60, seconds=slept)
        population = settled(stage)
        meanwhile.wait_for(2)
    found = judge(
        Overslept(
            limit_seconds=limit,
            slept_seconds=slept,
            answer=answer,
            lines=stage.heard(LINE),
            population=population,
            users=meanwhile.users,
        )
    )
    return verdict(PROOF, stage, found, OPTION)


def judge(seen: Overslept) -> Found:
    """What was seen, held against the promise."""
    cure = "raise workers: with so few, others wait for a slow request"
    return Found(
        hops=[
            _killed(seen),
            _said(seen),
            population_hop(seen.population),
            users_hop(seen.users, cure),
        ],
        observed=(
            f"a request that would have slept {seen.slept_seconds:g} s: {seen.answer.text} after "
            f"{exact_seconds(seen.answer.seconds)}; {seen.users.failed} of {seen.users.total} "
            "other requests failed"
        ),
        numbers=list(_numbers(seen)),
        lines=some(line.text for line in _own(seen)),
        evidence=[MEANS],
    )


def _own(seen: Overslept) -> list[Heard]:
    """The lines about HTTP workers: cron workers have a watchdog of their own."""
    return [line for line in seen.lines if "WorkerHTTP" in line.text]


def _killed(seen: Overslept) -> Hop:
    name = "killed in time"
    answer, limit = seen.answer, seen.limit_seconds
    after = exact_seconds(answer.seconds)
    if answer.status is not None:
        text = f"it was answered ({answer.text}) after {after}, beyond the limit of {limit} s"
        return broken(name, text, NEWER_CURE)
    if answer.seconds < limit - BEAT_SECONDS:
        text = f"its connection ended after {after} already, long before {limit} s"
        return broken(name, text, NEWER_CURE)
    if answer.seconds > limit + BEAT_SECONDS + SLACK_SECONDS:
        text = f"its connection ended after {after} only, later than {limit} s and a beat"
        return broken(name, text, NEWER_CURE)
    return ok(name, f"its connection ended after {after}")


def _said(seen: Overslept) -> Hop:
    name = "log"
    lines = _own(seen)
    numbers = {line.number for line in lines}
    if numbers == {seen.limit_seconds}:
        return ok(name, f'"timeout after {seen.limit_seconds}s", by the master')
    if numbers:
        text = f"a timeout after {told_numbers(lines)} s, not {seen.limit_seconds} s"
        return broken(name, text, NEWER_CURE)
    if seen.answer.status is not None:
        return Hop(name=name, state="not reached")
    return unseen(name, "no timeout was written: somebody else ended it")


def _numbers(seen: Overslept) -> Iterator[Number]:
    yield Number(name="the slow request ended after", value=seen.answer.seconds, unit="seconds")
    yield from users_numbers(seen.users)


PROOF = Proof(
    name="time-real",
    title="A request beyond limit_time_real is killed, and nobody else.",
    text=(
        "Sends one request that sleeps longer than the limit, while other users ask for pages. The "
        "watchdog must kill its worker in time, the worker must be replaced, and every other user "
        "must be answered."
    ),
    promise=promise,
    lacks=lacks,
    prove=prove,
    order=60,
)

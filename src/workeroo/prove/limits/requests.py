"""Does a worker leave after the requests that it may serve, and is none of them lost?

Requests are counted by the worker that answers. In no series does the count vary by chance: the
worker that has served limit_request requests takes no other one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec

from workeroo.evidence import Evidence
from workeroo.progress import Progress
from workeroo.prove.levers import Answer
from workeroo.prove.log import Heard
from workeroo.prove.product import Hop, Number, Verdict
from workeroo.prove.proof import (
    NEWER_CURE,
    Found,
    Proof,
    Reach,
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
from workeroo.prove.stage import Stage
from workeroo.units import format_count

OPTION = "limit_request"
LINE = "request-limit"

MOST_REQUESTS = 100_000
"""A worker answers some hundred of these a second: more would take too long."""

AT_ONCE = 4
"""Requests that are in flight at once."""

LIVES = 3
QUICK_LIVES = 1
"""How many times the limit each worker's share of the requests is."""

MEANS = Evidence(
    "read",
    "a worker leaves when it has served limit_request requests, exactly: no series adds a chance",
    "odoo/service/server.py: Worker.check_limits, 12 to 19",
)


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen.

    Attributes:
        limit: what the server is held to.
        answers: of every request.
        lines: "max request (N) reached".
    """

    limit: int
    answers: list[Answer]
    lines: list[Heard]


def promise(stage: Stage) -> str:
    """The promise with its number."""
    limit = stage.promise(OPTION).number
    return (
        f"a worker that has served {OPTION} = {limit} requests leaves and is replaced, and no "
        "request is lost"
    )


def lacks(stage: Stage) -> str | None:
    """Why it cannot be tried."""
    limit = stage.promise(OPTION).number
    if limit <= 0:
        return f"{OPTION} is {limit}: workers leave before they have served anything"
    reason = no_workers(stage) or hidden_log(stage)
    if reason is not None:
        return reason
    needed = _count(stage, QUICK_LIVES)
    if needed > MOST_REQUESTS:
        return (
            f"{OPTION} = {limit} with {format_count(len(stage.workers), 'worker')} needs {needed} "
            f"requests, more than the {MOST_REQUESTS} that are sent; on a lab or a staging server, "
            f"set it to {MOST_REQUESTS * limit // needed} or less, restart that, and try it there: "
            "the limit works the same with any number"
        )
    return None


def prove(stage: Stage, trial: Trial, progress: Progress) -> Verdict:
    """Ask, and judge."""
    count = min(_count(stage, QUICK_LIVES if trial.quick else LIVES), MOST_REQUESTS)
    with progress.step("asking", total=count) as step:
        served = _ask(stage, count, step.reach)
    return verdict(PROOF, stage, judge(served), OPTION)


def judge(served: Served) -> Found:
    """What was seen, held against the promise."""
    lost = sum(not answer.is_ok for answer in served.answers)
    gone = len({line.pid for line in served.lines})
    return Found(
        hops=[_recycled(served), _said(served), _answered(served)],
        observed=(
            f"{format_count(len(served.answers), 'request')}, {lost} lost; "
            f"{format_count(gone, 'worker')} left at the limit"
        ),
        numbers=list(_numbers(served)),
        lines=some(line.text for line in served.lines),
        evidence=[MEANS],
    )


def _count(stage: Stage, lives: int) -> int:
    """So many requests that, however they are spread, a worker comes to its limit."""
    return stage.promise(OPTION).number * (lives * len(stage.workers) + 1)


def _ask(stage: Stage, count: int, reach: Reach) -> Served:
    limit = stage.promise(OPTION).number
    answers: list[Answer] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while len(answers) < count:
            batch = min(count - len(answers), AT_ONCE * 5)
            answers += pool.map(lambda _: stage.levers.pull(), range(batch))
            reach(len(answers), count)
            if any(number > limit for number in _by_worker(answers).values()):
                break  # the promise is broken already
    return Served(limit=limit, answers=answers, lines=stage.heard(LINE))


def _by_worker(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.pid for answer in answers if answer.pid is not None)


def _recycled(served: Served) -> Hop:
    name = "recycled"
    most = max(_by_worker(served.answers).values(), default=0)
    if most > served.limit:
        return broken(name, f"a worker answered {most} requests and went on", NEWER_CURE)
    if served.lines:
        gone = len({line.pid for line in served.lines})
        return ok(name, f"{format_count(gone, 'worker')} left; none answered more than {most}")
    return unseen(name, "no worker came to the limit: others may leave sooner for another one")


def _said(served: Served) -> Hop:
    name = "log"
    numbers = {line.number for line in served.lines}
    if not numbers:
        most = max(_by_worker(served.answers).values(), default=0)
        if most > served.limit:
            return Hop(name=name, state="not reached")
        return unseen(name, "no such line was written")
    if numbers == {served.limit}:
        return ok(name, f'"max request ({served.limit}) reached", each time')
    told = told_numbers(served.lines)
    return broken(name, f"workers left after {told} requests, not {served.limit}", NEWER_CURE)


def _answered(served: Served) -> Hop:
    name = "answered"
    lost = [answer for answer in served.answers if not answer.is_ok]
    if not lost:
        return ok(name, f"all {len(served.answers)} requests were answered")
    cure = "see what else ends workers: 'workeroo diagnose LOG'"
    return broken(name, f"{len(lost)} of {len(served.answers)} were not: {lost[0].text}", cure)


def _numbers(served: Served) -> Iterator[Number]:
    counts = _by_worker(served.answers)
    most = max(counts.values(), default=0)
    yield Number(name="requests that one worker answered, at most", value=most, unit="requests")
    yield Number(name="workers that answered", value=len(counts), unit="processes")
    slowest = max((answer.seconds for answer in served.answers), default=0.0)
    yield Number(name="slowest answer", value=slowest, unit="seconds")


PROOF = Proof(
    name="requests",
    title="A worker leaves after limit_request requests, and none is lost.",
    text=(
        "Sends so many requests that workers come to the limit, counts them by the worker that "
        "answers, and sees each of them replaced without a request lost."
    ),
    promise=promise,
    lacks=lacks,
    prove=prove,
    order=30,
)

"""Does a request that wants too much memory get an error, and nobody else?

Each request asks for as much memory as the hard limit allows the whole process, so its allocation
must fail: Python raises MemoryError, Odoo answers 500, and the worker goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from workeroo.evidence import Evidence, is_known
from workeroo.facts.process import Process
from workeroo.progress import Progress
from workeroo.prove.levers import Answer
from workeroo.prove.log import Heard
from workeroo.prove.others import Users, others, users_hop, users_numbers
from workeroo.prove.product import Hop, Number, Verdict
from workeroo.prove.proof import (
    NEWER_CURE,
    Found,
    Proof,
    Reach,
    Trial,
    broken,
    hidden_log,
    ok,
    some,
    unseen,
    verdict,
)
from workeroo.prove.stage import Stage
from workeroo.prove.tidy import released
from workeroo.prove.weights import host_memory, started_of
from workeroo.units import MIB, format_bytes, format_count

OPTION = "limit_memory_hard"

ATTEMPTS = 10
QUICK_ATTEMPTS = 3

LARGEST_MIB = 16384
"""The lever takes no more."""

LEAST_LEFT_BYTES = 1024 * MIB
"""Where the limit is not in force the memory is really taken: so much must be left beside it."""

USERS_BETWEEN = 2
"""Requests of other users between two of ours, and after the last one."""

SERVER_ERROR = 500

OWN_ENDS = ("worker-exit", "request-limit", "soft-memory-limit")
"""Lines with which a worker leaves by itself, for reasons of its own."""

MEANS = Evidence(
    "read",
    "limit_memory_hard is RLIMIT_AS, a bound on VMS: an allocation above it fails, and the process "
    "lives",
    "odoo/service/server.py: set_limit_memory_hard, 12 to 19",
)


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen.

    Attributes:
        limit_bytes: what the server is held to.
        asked_bytes: what each request asked for.
        touched: whether the memory would have been touched, or only address space taken.
        answers: of those requests.
        errors: the lines "MemoryError" that the server wrote.
        ended: processes that wrote one and are gone, without a word of their own.
        in_force_bytes: RLIMIT_AS of the workers as the kernel has it; empty where it is not seen.
        users: what became of other users meanwhile.
    """

    limit_bytes: int
    asked_bytes: int
    touched: bool
    answers: list[Answer]
    errors: list[Heard]
    ended: list[int]
    in_force_bytes: list[int | None]
    users: Users


def promise(stage: Stage) -> str:
    """The promise with its number."""
    limit = stage.promise(OPTION).number
    return (
        f"a request that goes beyond {OPTION} = {limit} ({format_bytes(limit)} of VMS) gets a "
        "MemoryError and a 500; its worker lives, and all other requests are answered"
    )


def lacks(stage: Stage) -> str | None:
    """Why it cannot be tried."""
    limit = stage.promise(OPTION).number
    if limit <= 0:
        return f"{OPTION} is {limit}: nothing bounds a process, and the host's memory is the limit"
    if limit > LARGEST_MIB * MIB:
        return f"{OPTION} is {format_bytes(limit)}, more than the lever asks for"
    if not _serving(stage):
        return "the server has no HTTP worker"
    return hidden_log(stage)


def prove(stage: Stage, trial: Trial, progress: Progress) -> Verdict:
    """Ask for too much, and judge."""
    count = QUICK_ATTEMPTS if trial.quick else ATTEMPTS
    with released(stage), progress.step("asking for too much", total=count) as step:
        refused = _ask(stage, count, step.reach)
    return verdict(PROOF, stage, judge(refused), OPTION)


def judge(refused: Refused) -> Found:
    """What was seen, held against the promise."""
    failed = sum(answer.status == SERVER_ERROR for answer in refused.answers)
    cure = f"see which other limit they ran into; keep {OPTION} well above limit_memory_soft"
    return Found(
        hops=[
            _in_force(refused),
            _refused(refused),
            _said(refused),
            _lives(refused),
            users_hop(refused.users, cure),
        ],
        observed=(
            f"{failed} of {format_count(len(refused.answers), 'request')} for "
            f"{format_bytes(refused.asked_bytes)} got a 500; {refused.users.failed} of "
            f"{refused.users.total} other requests failed"
        ),
        numbers=list(_numbers(refused)),
        lines=some(line.text for line in refused.errors),
        evidence=[MEANS, Evidence("measured", _how(refused))],
    )


def _ask(stage: Stage, count: int, reach: Reach) -> Refused:
    limit = stage.promise(OPTION).number
    asked_mib = min(-(-limit // MIB), LARGEST_MIB)
    touched = host_memory().available_bytes > asked_mib * MIB + LEAST_LEFT_BYTES
    lever = "allocate" if touched else "reserve"
    with others(stage) as meanwhile:
        answers: list[Answer] = []
        for number in range(count):
            meanwhile.wait_for(USERS_BETWEEN)
            answers.append(stage.levers.pull(lever, mib=asked_mib))
            reach(number + 1, count)
            if answers[-1].status != SERVER_ERROR:
                break  # it was given: again would only harm
        meanwhile.wait_for(USERS_BETWEEN)
    errors = stage.heard("memory-error")
    gone = {line.pid for line in errors if started_of(line.pid) is None}
    said = {line.pid for line in stage.heard(*OWN_ENDS)}
    return Refused(
        limit_bytes=limit,
        asked_bytes=asked_mib * MIB,
        touched=touched,
        answers=answers,
        errors=errors,
        ended=sorted(gone - said),
        in_force_bytes=[
            process.address_space_limit_bytes
            for process in _serving(stage)
            if is_known(process.address_space_limit_bytes)
        ],
        users=meanwhile.users,
    )


def _serving(stage: Stage) -> list[Process]:
    """Those who answer requests: the limit is one of threaded servers too."""
    return [stage.master] if stage.is_threaded else stage.workers


def _in_force(refused: Refused) -> Hop:
    name = "in force"
    found = set(refused.in_force_bytes)
    if not found:
        return unseen(name, "this user may not see the limits of the workers")
    if found == {refused.limit_bytes}:
        return ok(name, f"the kernel holds each worker to {refused.limit_bytes} bytes")
    told = " and ".join("no limit" if each is None else f"{each} bytes" for each in found)
    return broken(name, f"the kernel has {told}, not {refused.limit_bytes} bytes", NEWER_CURE)


def _refused(refused: Refused) -> Hop:
    name = "refused"
    odd = [answer for answer in refused.answers if answer.status != SERVER_ERROR]
    if not odd:
        count = format_count(len(refused.answers), "request")
        return ok(name, f"{count} for {format_bytes(refused.asked_bytes)} got a 500")
    answer = odd[0]
    if answer.is_ok:
        text = f"{format_bytes(refused.asked_bytes)} were given, beyond the limit"
        return broken(name, text, NEWER_CURE)
    text = f"a request for {format_bytes(refused.asked_bytes)} got no answer: {answer.text}"
    cure = "see who ended the worker: another limit, or the kernel ('workeroo diagnose LOG')"
    return broken(name, text, cure)


def _said(refused: Refused) -> Hop:
    name = "log"
    if refused.errors:
        return ok(name, f"{format_count(len(refused.errors), 'MemoryError', 'MemoryErrors')}")
    if any(answer.is_ok for answer in refused.answers):
        return Hop(name=name, state="not reached")
    if not refused.touched:
        return ok(name, "none, as address space alone was asked for")
    return unseen(name, "no MemoryError was written")


def _lives(refused: Refused) -> Hop:
    name = "worker lives"
    if refused.ended:
        told = ", ".join(map(str, refused.ended))
        cure = "see who ended it: the kernel, for want of memory? ('workeroo diagnose LOG')"
        return broken(name, f"gone without a word: {told}", cure)
    if not refused.errors:
        return Hop(name=name, state="not reached")
    pids = len({line.pid for line in refused.errors})
    return ok(name, f"{format_count(pids, 'worker')} had a MemoryError, none was ended by it")


def _how(refused: Refused) -> str:
    kind = "memory" if refused.touched else "address space only (too little memory on this host)"
    return f"each request asks for {format_bytes(refused.asked_bytes)} of {kind}"


def _numbers(refused: Refused) -> Iterator[Number]:
    yield Number(name="asked for by each request", value=refused.asked_bytes, unit="bytes")
    errors = len(refused.errors)
    yield Number(name="MemoryErrors in the log", value=errors, unit="times")
    yield from users_numbers(refused.users)


PROOF = Proof(
    name="memory-hard",
    title="A request beyond limit_memory_hard fails alone.",
    text=(
        "Sends requests that ask for as much memory as a whole worker may have, while other users "
        "ask for pages. Each must get a MemoryError and a 500, its worker must live, and every "
        "other user must be answered."
    ),
    promise=promise,
    lacks=lacks,
    prove=prove,
    order=20,
)

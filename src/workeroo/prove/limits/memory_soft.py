"""Does a worker that leaks leave before it takes all memory, and is its last request answered?

Requests leak one after the other. Whenever the address space of a worker passes the soft limit, the
worker must answer, leave, and be replaced; so the memory of all of them rises and falls and does
not grow.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from workeroo.evidence import Evidence, is_known
from workeroo.progress import Progress
from workeroo.prove.log import Heard
from workeroo.prove.product import Curve, Hop, Number, Verdict
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
    unseen,
    verdict,
)
from workeroo.prove.stage import Stage
from workeroo.prove.tidy import released
from workeroo.prove.weights import Weight, host_memory, http_workers, weigh
from workeroo.units import MIB, format_bytes, format_count

OPTION = "limit_memory_soft"
LINE = "soft-memory-limit"

REQUESTS = 500
QUICK_REQUESTS = 36

LEAKS_TO_LIMIT = 20
QUICK_LEAKS_TO_LIMIT = 6
"""How many leaking requests take a worker from its start to the limit."""

MOST_BEYOND = 3
"""Requests that a worker may answer above the limit until it is clear that none is in force."""

SHARE_OF_MEMORY = 0.5
"""Of the host's available memory that leaks may take; beyond it only address space is taken."""

LEAST_LEFT_BYTES = 512 * MIB
"""The proof stops before a host has less than this."""

FLAT = 1.15
"""How far the highest point of the second half may lie above that of the first: the saw-tooth of a
few workers has no two equal peaks. A leak without a limit doubles it."""

POINTS = 100
"""Looks at the memory of all workers along the way."""

MEANS = Evidence(
    "read",
    "limit_memory_soft means VMS, the address space of one process: on Linux no series compares "
    "RSS or PSS with it",
    "odoo/service/server.py: memory_info, Worker.check_limits, 12 to 19",
)


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """One leaking request, and what its worker weighed right after it.

    Attributes:
        pid: of the worker that answered; None where there was no answer.
        failed: what came instead of an answer; None where it was answered.
        weight: None where the worker had ended already.
    """

    pid: int | None
    failed: str | None = None
    weight: Weight | None = None


class Leaked(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen.

    Attributes:
        limit_bytes: what the server is held to.
        step_bytes: what each request leaks.
        room_bytes: what all workers together can leak before each is above the limit.
        touched: whether the leak was real memory, or only address space.
        lines: what the server wrote about the soft limit.
        pss_bytes, rss_bytes, vms_bytes: of all HTTP workers together, along the way.
        stopped: why it ended before all requests were sent; None where they were.
    """

    limit_bytes: int
    step_bytes: int
    room_bytes: int
    touched: bool
    leaks: list[Leak]
    lines: list[Heard]
    pss_bytes: list[float]
    rss_bytes: list[float]
    vms_bytes: list[float]
    stopped: str | None = None


def promise(stage: Stage) -> str:
    """The promise with its number."""
    limit = stage.promise(OPTION).number
    return (
        f"a worker above {OPTION} = {limit} ({format_bytes(limit)} of VMS) answers its request, "
        "leaves and is replaced, so that leaks do not add up"
    )


def lacks(stage: Stage) -> str | None:
    """Why it cannot be tried."""
    limit = stage.promise(OPTION).number
    if limit <= 0:
        return f"{OPTION} is {limit}: there is no soft limit, and leaks add up"
    reason = no_workers(stage) or hidden_log(stage)
    if reason is not None:
        return reason
    least = min(worker.vms_bytes for worker in stage.workers)
    if least + LEAKS_TO_LIMIT * MIB > limit:
        return (
            f"a worker has {format_bytes(least)} of address space before any leak, which leaves no "
            f"room below {OPTION} = {format_bytes(limit)}"
        )
    return None


def prove(stage: Stage, trial: Trial, progress: Progress) -> Verdict:
    """Leak, and judge."""
    count = QUICK_REQUESTS if trial.quick else REQUESTS
    leaks_to_limit = QUICK_LEAKS_TO_LIMIT if trial.quick else LEAKS_TO_LIMIT
    with released(stage), progress.step("leaking", total=count) as step:
        leaked = _leak(stage, count, leaks_to_limit, step.reach)
    return verdict(PROOF, stage, judge(leaked), OPTION)


def judge(leaked: Leaked) -> Found:
    """What was seen, held against the promise."""
    return Found(
        hops=[_answered(leaked), _recycled(leaked), _said(leaked), _flat(leaked)],
        observed=_observed(leaked),
        numbers=list(_numbers(leaked)),
        curves=_curves(leaked),
        lines=some(line.text for line in leaked.lines),
        evidence=[MEANS, Evidence("measured", _how(leaked))],
    )


def _leak(stage: Stage, count: int, leaks_to_limit: int, reach: Reach) -> Leaked:
    limit = stage.promise(OPTION).number
    least = min(worker.vms_bytes for worker in stage.workers)
    step_bytes = max((limit - least) // leaks_to_limit // MIB, 1) * MIB
    room = len(stage.workers) * (limit - least + step_bytes)
    touched = room <= SHARE_OF_MEMORY * host_memory().available_bytes
    leaks: list[Leak] = []
    sums: list[tuple[float, float, float]] = []
    lines: list[Heard] = []
    stopped = None
    for number in range(count):
        leaks.append(_one(stage, "hold" if touched else "reserve", step_bytes // MIB))
        if number % max(count // POINTS, 1) == 0:
            sums.append(_sum(stage.master.pid))
        reach(number + 1, count)
        lines = stage.heard(LINE)
        stopped = _why_stop(leaks, lines, limit)
        if stopped is not None:
            break
    pss, rss, vms = ([point[axis] for point in sums] for axis in range(3))
    return Leaked(
        limit_bytes=limit,
        step_bytes=step_bytes,
        room_bytes=room,
        touched=touched,
        leaks=leaks,
        lines=lines,
        pss_bytes=pss,
        rss_bytes=rss,
        vms_bytes=vms,
        stopped=stopped,
    )


def _one(stage: Stage, lever: str, step_mib: int) -> Leak:
    answer = stage.levers.pull(lever, mib=step_mib)
    weight = weigh(answer.pid) if answer.pid is not None else None
    return Leak(
        pid=answer.pid,
        failed=None if answer.is_ok else answer.text,
        weight=weight,
    )


def _sum(master_pid: int) -> tuple[float, float, float]:
    """PSS, RSS and VMS of all HTTP workers together."""
    weights = [weight for pid in http_workers(master_pid) if (weight := weigh(pid))]
    pss = sum(w.pss_bytes if is_known(w.pss_bytes) else w.rss_bytes for w in weights)
    return pss, sum(w.rss_bytes for w in weights), sum(w.vms_bytes for w in weights)


def _why_stop(leaks: list[Leak], lines: list[Heard], limit: int) -> str | None:
    """Why to go on would only harm."""
    if sum(leak.failed is not None for leak in leaks) >= MOST_BEYOND:
        return "requests failed"
    if any(count >= MOST_BEYOND for count in _beyond(leaks, limit).values()):
        return "a worker went on above the limit"
    if any((line.number or 0) <= limit for line in lines):
        return "a worker left below the limit"
    if host_memory().available_bytes < LEAST_LEFT_BYTES:
        return f"the host has less than {format_bytes(LEAST_LEFT_BYTES)} left"
    return None


def _beyond(leaks: Iterable[Leak], limit: int) -> dict[int, int]:
    """How many requests each worker answered after it had been seen above the limit."""
    above: set[int] = set()
    found: dict[int, int] = {}
    for leak in leaks:
        if leak.pid is None:
            continue
        if leak.pid in above:
            found[leak.pid] = found.get(leak.pid, 0) + 1
        if leak.weight is not None and leak.weight.vms_bytes > limit:
            above.add(leak.pid)
    return found


def _answered(leaked: Leaked) -> Hop:
    failed = [leak.failed for leak in leaked.leaks if leak.failed is not None]
    total = len(leaked.leaks)
    if not failed:
        return ok("answered", f"all {total} leaking requests were answered")
    cure = (
        f"keep {OPTION} well below limit_memory_hard (a fifth, as by default), so that a worker "
        "leaves before an allocation fails"
    )
    return broken("answered", f"{len(failed)} of {total} were not: {failed[0]}", cure)


def _recycled(leaked: Leaked) -> Hop:
    name = "recycled"
    beyond = _beyond(leaked.leaks, leaked.limit_bytes)
    if beyond:
        most = max(
            leak.weight.vms_bytes for leak in leaked.leaks if leak.weight and leak.pid in beyond
        )
        text = (
            f"a worker with {format_bytes(most)} of VMS, above the limit of "
            f"{format_bytes(leaked.limit_bytes)}, took further requests"
        )
        return broken(name, text, NEWER_CURE)
    if leaked.lines:
        gone = len({line.pid for line in leaked.lines})
        return ok(name, f"{format_count(gone, 'worker')} left at the limit and were replaced")
    if any(leak.failed for leak in leaked.leaks):
        text = "no worker left at the limit, for it ran into another one first"
        return broken(name, text, f"set {OPTION} below limit_memory_hard")
    return unseen(name, leaked.stopped or "no worker came to the limit")


def _said(leaked: Leaked) -> Hop:
    name = "log"
    numbers = [line.number or 0 for line in leaked.lines]
    early = [number for number in numbers if number <= leaked.limit_bytes]
    if early:
        text = f"a worker left with {early[0]} bytes already, below the limit"
        return broken(name, text, NEWER_CURE)
    if numbers:
        text = f'"virtual memory limit (N) reached", with N from {min(numbers)} to {max(numbers)}'
        return ok(name, text)
    if _beyond(leaked.leaks, leaked.limit_bytes):
        return Hop(name=name, state="not reached")
    return unseen(name, "no such line was written")


def _flat(leaked: Leaked) -> Hop:
    name = "flat"
    points = leaked.pss_bytes
    if len(leaked.lines) < MOST_BEYOND or leaked.stopped is not None:
        return Hop(name=name, state="not reached") if leaked.stopped else _too_few(name)
    half = len(points) // 2
    before, after = max(points[:half]), max(points[half:])
    text = (
        f"PSS of all HTTP workers was at most {format_bytes(before)} in the first half and "
        f"{format_bytes(after)} in the second, while {format_bytes(_taken(leaked))} were leaked"
    )
    # A few workers come near the limit together by chance: what they may hold is no growth.
    if after <= max(before * FLAT, points[0] + leaked.room_bytes):
        return ok(name, text)
    return broken(name, text, "look for what else grows: 'workeroo diagnose LOG'")


def _too_few(name: str) -> Hop:
    return unseen(name, "too few workers were replaced to tell", "try it without --quick")


def _taken(leaked: Leaked) -> int:
    return leaked.step_bytes * sum(leak.failed is None for leak in leaked.leaks)


def _observed(leaked: Leaked) -> str:
    gone = len({line.pid for line in leaked.lines})
    failed = sum(leak.failed is not None for leak in leaked.leaks)
    stopped = f"; stopped early: {leaked.stopped}" if leaked.stopped else ""
    return (
        f"{format_count(len(leaked.leaks), 'leaking request')}, {failed} not answered; "
        f"{format_count(gone, 'worker')} left at the limit{stopped}"
    )


def _how(leaked: Leaked) -> str:
    kind = "memory that it touches" if leaked.touched else "address space only (too little memory)"
    return f"each request leaks {format_bytes(leaked.step_bytes)} of {kind}"


def _numbers(leaked: Leaked) -> Iterable[Number]:
    weights = [leak.weight for leak in leaked.leaks if leak.weight is not None]
    pss = [w.pss_bytes for w in weights if is_known(w.pss_bytes)]
    told = {
        "VMS of a worker at which it left, at most": [line.number or 0 for line in leaked.lines],
        "VMS of a worker, at most": [weight.vms_bytes for weight in weights],
        "RSS of a worker, at most": [weight.rss_bytes for weight in weights],
        "PSS of a worker, at most": pss,
    }
    for name, values in told.items():
        if values:
            yield Number(name=name, value=max(values), unit="bytes")
    gone = len({line.pid for line in leaked.lines})
    yield Number(name="workers that left at the limit", value=gone, unit="processes")


def _curves(leaked: Leaked) -> list[Curve]:
    named = {
        "PSS of all HTTP workers": leaked.pss_bytes,
        "RSS of all HTTP workers": leaked.rss_bytes,
        "VMS of all HTTP workers": leaked.vms_bytes,
    }
    total = len(leaked.leaks)
    return [
        Curve(name=name, unit="bytes", over="leaking requests", points=points, total=total)
        for name, points in named.items()
        if points
    ]


PROOF = Proof(
    name="memory-soft",
    title="A worker that leaks leaves at limit_memory_soft, its request answered.",
    text=(
        "Sends requests that leak memory, one after the other, and watches the workers' VMS, RSS "
        "and PSS. Each worker must leave once its VMS is above the limit, with its request "
        "answered, and memory must not add up."
    ),
    promise=promise,
    lacks=lacks,
    prove=prove,
    order=10,
)

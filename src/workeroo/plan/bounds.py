"""Which settings would break the server, whatever a rule says?

Each bound is one function: its docstring is the invariant in prose, its answer the value that must
stand instead and why, or None when the invariant holds. They are held over every rule's draft and
over what the plan leaves as it is, and asked once more at the end of every plan.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Value
from workeroo.errors import InternalError
from workeroo.evidence import Evidence
from workeroo.facts.process import Part
from workeroo.model.memory import FRESH_WORKER_VMS_BYTES, SOFT_LIMIT_ROOM, leanest
from workeroo.plan.product import Decision
from workeroo.plan.rule import Settled
from workeroo.plan.sizing import (
    LEAST_WORKERS,
    MANY_REASON,
    MOST_WORKERS,
    NO_HTTP_WORKER,
    PDF_REASON,
)
from workeroo.units import MIB, format_bytes

CRON_BEAT_SECONDS = 75
"""A cron worker sleeps 60 to 70 s between two signs of life; the master looks every 4 s. Below
this, an idle one is killed again and again (odoo/service/server.py, every series)."""

MOST_CRON_WORKERS = 99
"""With 99 HTTP workers this keeps a master below the 250 that its select() can watch."""

SOFT_PERCENT_OF_HARD = 80
"""article: "Set soft limit to 70-80% of hard limit"; used where a hard limit must be raised."""

CRON_FOLLOWS_REAL = -1
"""limit_time_real_cron: -1 is the same as limit_time_real, 0 is no watchdog."""


class Mend(msgspec.Struct, frozen=True):
    """What must stand instead of a value that would break the server."""

    option: str
    value: int
    reason: str
    evidence: list[Evidence]


Bound = Callable[[Settled], Mend | None]


def hold(settled: Settled) -> Settled:
    """The same settings, with each one that would break the server replaced and explained."""
    for bound in BOUNDS:
        mend = bound(settled)
        if mend is not None:
            settled = settled.with_decision(_refusing(settled, mend))
    return settled


def check(settled: Settled) -> None:
    """Ask every bound once more.

    Raises:
        InternalError: when one is broken; a plan that breaks a server never leaves this room.
    """
    for bound in BOUNDS:
        mend = bound(settled)
        if mend is not None:
            value = settled.value(mend.option)
            raise InternalError(f"the plan would set {mend.option} = {value}, but {mend.reason}")


def two_to_ninety_nine_workers(settled: Settled) -> Mend | None:
    """There are at least 2 HTTP workers, and fewer than 100; none where only crons run."""
    workers = settled.number("workers")
    if settled.situation.cron_only:
        if workers < 0:
            return None
        reason = "a server that only runs crons has no HTTP worker; 0 would be the threaded server"
        return _mend("workers", NO_HTTP_WORKER, reason)
    if LEAST_WORKERS <= workers <= MOST_WORKERS:
        return None
    if workers > MOST_WORKERS:
        return _mend("workers", MOST_WORKERS, MANY_REASON)
    reasons = {0: "0 is the threaded server, one process for everybody", 1: PDF_REASON}
    reason = reasons.get(workers, "below 0 no process serves users")
    return _mend("workers", LEAST_WORKERS, reason)


def crons_run_where_the_role_says(settled: Settled) -> Mend | None:
    """A frontend has no cron worker; every other role has at least one, and fewer than 100."""
    crons = settled.number("max_cron_threads")
    if settled.situation.role == "frontend":
        reason = "a frontend that runs crons slows its users"
        return _mend("max_cron_threads", 0, reason) if crons else None
    if crons < 1:
        return _mend("max_cron_threads", 1, "no scheduled action would ever run")
    if crons > MOST_CRON_WORKERS:
        return _mend("max_cron_threads", MOST_CRON_WORKERS, MANY_REASON)
    return None


def soft_limit_above_a_fresh_worker(settled: Settled) -> Mend | None:
    """The soft limit is above the virtual memory of a worker that has only just started."""
    fresh_bytes, evidence = fresh_vms(settled)
    if settled.number("limit_memory_soft") > fresh_bytes:
        return None
    value = _whole_mib(fresh_bytes * SOFT_LIMIT_ROOM)
    fresh, room = format_bytes(fresh_bytes), format_bytes(value)
    reason = (
        f"a fresh worker maps {fresh} of virtual memory and would be replaced after every"
        f" request; {room} = {SOFT_LIMIT_ROOM} x that"
    )
    return _mend("limit_memory_soft", value, reason, evidence)


def hard_limit_above_the_soft_one(settled: Settled) -> Mend | None:
    """The hard limit is above the soft one, so that a worker is replaced before requests fail."""
    soft = settled.number("limit_memory_soft")
    if settled.number("limit_memory_hard") > soft:
        return None
    value = _whole_mib(soft * 100 // SOFT_PERCENT_OF_HARD)
    reason = (
        "at or below the soft limit, requests fail with MemoryError before the worker is"
        f" replaced; {format_bytes(soft)} is {SOFT_PERCENT_OF_HARD} % of {format_bytes(value)}"
    )
    source = "article: soft at 70 to 80 % of hard"
    evidence = Evidence("assumed", "soft limit at 80 % of the hard one", source)
    return _mend("limit_memory_hard", value, reason, evidence)


def real_time_above_the_cron_beat(settled: Settled) -> Mend | None:
    """`limit_time_real` is at least 75 s, so that no idle cron worker is killed for sleeping."""
    if settled.number("limit_time_real") >= CRON_BEAT_SECONDS:
        return None
    value = max(_default(settled, "limit_time_real"), CRON_BEAT_SECONDS)
    return _mend("limit_time_real", value, _beat_reason())


def cron_time_above_the_cron_beat(settled: Settled) -> Mend | None:
    """`limit_time_real_cron` is -1 (as `limit_time_real`), 0 (no limit) or at least 75 s."""
    seconds = settled.number("limit_time_real_cron")
    if seconds in {CRON_FOLLOWS_REAL, 0} or seconds >= CRON_BEAT_SECONDS:
        return None
    return _mend("limit_time_real_cron", CRON_FOLLOWS_REAL, _beat_reason())


def some_cpu_time_within_the_real_time(settled: Settled) -> Mend | None:
    """`limit_time_cpu` is above 0 and at most `limit_time_real`."""
    seconds, real = settled.number("limit_time_cpu"), settled.number("limit_time_real")
    if 1 <= seconds <= real:
        return None
    if seconds > real:
        reason = f"a worker is killed after {real} s anyway, by limit_time_real"
        return _mend("limit_time_cpu", real, reason)
    value = min(_default(settled, "limit_time_cpu"), real)
    reason = "0 does not switch the limit off, it ends every worker after a second of work"
    return _mend("limit_time_cpu", value, reason)


def some_requests_for_each_worker(settled: Settled) -> Mend | None:
    """`limit_request` is above 0."""
    if settled.number("limit_request") >= 1:
        return None
    value = _default(settled, "limit_request")
    reason = "0 is not without limit: every worker leaves before it serves anything"
    return _mend("limit_request", value, reason)


BOUNDS: list[Bound] = [
    two_to_ninety_nine_workers,
    crons_run_where_the_role_says,
    soft_limit_above_a_fresh_worker,
    hard_limit_above_the_soft_one,  # after the soft limit, which may have been raised
    real_time_above_the_cron_beat,
    cron_time_above_the_cron_beat,
    some_cpu_time_within_the_real_time,  # after the real time, as above
    some_requests_for_each_worker,
]


def fresh_vms(settled: Settled) -> tuple[int, Evidence]:
    """Virtual memory of a worker that has just started, and how that is known.

    The leanest live process of each part that the soft limit watches; the largest of those counts,
    because one limit holds for all. The evented process has a limit of its own in some series.
    """
    parts: list[Part] = ["http worker", "cron worker"]
    if not settled.value("limit_memory_soft_gevent"):
        parts.append("evented")
    live = settled.situation.processes
    leanest_of_parts = [found for part in parts if (found := leanest(live, [part]))]
    if not leanest_of_parts:
        text = f"{format_bytes(FRESH_WORKER_VMS_BYTES)} mapped by a fresh worker of Odoo 19"
        return FRESH_WORKER_VMS_BYTES, Evidence("assumed", text, "measured on a small database")
    most = max(leanest_of_parts, key=lambda process: process.vms_bytes)
    text = f"{format_bytes(most.vms_bytes)} mapped by the leanest live {most.part}, pid {most.pid}"
    return most.vms_bytes, Evidence("measured", text, f"/proc/{most.pid}/status VmSize")


def _refusing(settled: Settled, mend: Mend) -> Decision:
    """The decision in place of the refused one; its reason names both."""
    old = settled.decision(mend.option)
    who = "the rule says" if old else "now set to"
    refused = _shown(mend.option, settled.value(mend.option))
    value = _shown(mend.option, mend.value)
    why = f"{value}; {who} {refused}, refused: {mend.reason}"
    evidence = [*mend.evidence, *(old.evidence if old else [])]
    return settled.situation.decide(mend.option, mend.value, why, evidence)


def _shown(option: str, value: Value) -> str:
    """A value as people read it: memory in MiB."""
    if OPTIONS[option].kind == "bytes" and isinstance(value, int):
        return format_bytes(value)
    return str(value)


def _mend(option: str, value: int, reason: str, evidence: Evidence | None = None) -> Mend:
    source = OPTIONS[option].source
    known = evidence or Evidence("default", f"how Odoo treats {option}", source)
    return Mend(option, value, reason, [known])


def _beat_reason() -> str:
    return (
        f"below {CRON_BEAT_SECONDS} s an idle cron worker, which sleeps 60 to 70 s, is killed"
        " again and again"
    )


def _default(settled: Settled, option: str) -> int:
    value = OPTIONS[option].default(settled.situation.series)
    return value if isinstance(value, int) else 0


def _whole_mib(size_bytes: int) -> int:
    """Up to the next whole MiB: a round figure in odoo.conf."""
    return -(-size_bytes // MIB) * MIB

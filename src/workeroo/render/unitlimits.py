"""How much may the unit of an Odoo take, how is it stopped, and when is it started again?

The part of a unit that follows from the plan. A unit that stands gets it as a drop-in.
"""

from __future__ import annotations

import msgspec

from workeroo.catalog.series import SERIES
from workeroo.model.memory import budget_text, product_text
from workeroo.model.processes import Processes, processes
from workeroo.plan.bounds import CRON_FOLLOWS_REAL
from workeroo.render.directives import Directive, because
from workeroo.render.subject import Subject
from workeroo.units import MIB, format_megabytes

HIGH_PERCENT = 90
"""MemoryHigh is at most this share of MemoryMax: an assumption. Between the two the kernel takes
memory back and slows the processes down; without that room it could only kill."""

STOP_MARGIN_SECONDS = 15
"""On top of the longest request: a worker gives its last sign of life up to 4 s before it takes a
request, the master looks every 4 s (odoo/service/server.py), the rest is for closing the databases:
an assumption."""

RESTART_SECONDS = 10
"""Pause before a new start: an assumption. The ports are free and PostgreSQL may be back."""

START_LIMIT_COUNT = 5
START_LIMIT_SECONDS = 300
"""5 starts within 5 minutes, then systemd gives up: an assumption. 5 x (10 s pause + a start of up
to 30 s that fails) = 200 s is less, so the limit is really reached."""

OPEN_FILES = 16384
"""The evented process holds one file for each open chat; 1024, the usual limit, ends it at some
1000 people. 16384 is an assumption: far more than one process can serve."""

ARENAS = 1
"""glibc's malloc arenas. Measured on Odoo 19: a fresh worker maps 253 MB with no limit and with 2,
199 MB with 1; its second thread has an arena of its own that only one thread ever needs."""


class UnitMemory(msgspec.Struct, frozen=True):
    """What the control group of the unit may hold, in bytes."""

    high_bytes: int
    max_bytes: int
    why: list[str]


def planned(subject: Subject) -> Processes:
    """The processes that the plan makes."""
    return processes(
        subject.number("workers"),
        subject.number("max_cron_threads"),
        http_enable=subject.value("http_enable") is not False,
    )


def unit_memory(subject: Subject) -> UnitMemory | None:
    """The limits with their sums; None where the plan does not fit in the memory at all."""
    check = subject.plan.memory
    if not check.fits:
        return None
    made, hard_bytes = planned(subject), subject.number("limit_memory_hard")
    needed_bytes = made.total * check.per_worker_bytes
    wanted_bytes = needed_bytes + hard_bytes
    max_bytes = min(wanted_bytes, check.budget_bytes)
    high_bytes = min(needed_bytes, max_bytes * HIGH_PERCENT // 100)
    room = format_megabytes(hard_bytes)
    most, budget = format_megabytes(max_bytes), budget_text(check.usable_bytes)
    why = [
        f"{made.text} processes: {product_text(made.total, check.per_worker_bytes)}.",
        f"One grows to limit_memory_hard, or prints: + {room} = {format_megabytes(wanted_bytes)}.",
        f"Never more than Odoo's share of this host, {budget}. The less of the two is {most}.",
    ]
    return UnitMemory(high_bytes, max_bytes, why)


def memory(subject: Subject) -> list[Directive]:
    """MemoryHigh and MemoryMax."""
    found = unit_memory(subject)
    if found is None:
        return [
            because(
                "",
                f"No MemoryMax: {subject.plan.memory.arithmetic}. The memory is too small for"
                " this plan, and a limit would only kill Odoo sooner. Add memory.",
            )
        ]
    counted = (
        "A control group counts a page once, however many workers share it: near the sum of PSS,"
        " far below that of RSS. It counts the page cache of the files that they read too, which"
        " the kernel takes back first."
    )
    below = (
        "Above this the kernel takes memory back and slows the processes down, which is seen in"
        " memory.pressure before anything is killed; at most"
        f" {HIGH_PERCENT} % of MemoryMax. Needs cgroup version 2; version 1 ignores it."
    )
    return [
        because(f"MemoryMax={_mib(found.max_bytes)}", *found.why, counted),
        because(f"MemoryHigh={_mib(found.high_bytes)}", below),
        because(
            "OOMPolicy=continue",
            "When the kernel kills one worker at MemoryMax, the master starts another, so the"
            " service goes on. The default, stop, would end the server for everybody. Where it"
            " hits the master, Restart= below starts all anew.",
        ),
    ]


def allowances(subject: Subject) -> list[Directive]:
    """What the processes get from their environment."""
    del subject
    return [
        because(
            f"Environment=MALLOC_ARENA_MAX={ARENAS}",
            "A worker has two threads, of which one works, and malloc gives each an arena: 64 MiB"
            " of virtual memory more, with which limit_memory_soft is compared. Measured on Odoo"
            " 19: 199 MB instead of 253 MB in a fresh worker, which 2, the figure often given,"
            " leaves at 253 MB. Odoo limits its arenas by itself only in the threaded server.",
        ),
        because(
            f"LimitNOFILE={OPEN_FILES}",
            "The evented process holds one file for each open chat: 1024, the usual limit, ends"
            " it at some 1000 people.",
        ),
    ]


def stopping(subject: Subject) -> list[Directive]:
    """How the server ends without losing a request."""
    return [
        because(
            "KillMode=mixed",
            "The signal goes to the master only, which lets each worker finish its request. With"
            " the default, control-group, every worker gets it too; SIGTERM ends a worker at"
            " once, and the request is lost. What is left after TimeoutStopSec is killed.",
        ),
        because(
            "KillSignal=SIGINT",
            "For the master the same as SIGTERM: a graceful stop. Unlike SIGTERM it also lets a"
            " worker finish, should it ever reach one.",
        ),
        _stop_timeout(subject),
    ]


def _stop_timeout(subject: Subject) -> Directive:
    real, cron = subject.number("limit_time_real"), subject.number("limit_time_real_cron")
    runs_crons = subject.number("max_cron_threads") > 0
    longest, named = real, "limit_time_real"
    if runs_crons and cron != CRON_FOLLOWS_REAL and cron > real:
        longest, named = cron, "limit_time_real_cron"
    stop = longest + STOP_MARGIN_SECONDS
    sums = (
        f"The longest request or cron action: {longest} s ({named}), + {STOP_MARGIN_SECONDS} s in"
        f" which the master notices and ends = {stop} s. A stop takes that long only while"
        " something still runs."
    )
    why = [sums]
    if runs_crons and cron == 0:
        why.append(
            "limit_time_real_cron = 0 gives cron actions no limit: one that runs longer than this"
            " is killed by a stop."
        )
    return because(f"TimeoutStopSec={stop}", *why)


def restarting() -> list[Directive]:
    """When it is started again."""
    return [
        because(
            "Restart=on-failure",
            "After a crash or a kill, not after a stop that was asked for.",
        ),
        because(
            f"RestartSec={RESTART_SECONDS}",
            "A pause, so that a server that dies at start does not spin.",
            "From systemd 254 on the pause can grow: RestartSteps=4, RestartMaxDelaySec=2min.",
        ),
    ]


def start_limit() -> list[Directive]:
    """When systemd gives up; these belong into [Unit]."""
    failing = START_LIMIT_COUNT * (RESTART_SECONDS + 30)
    return [
        because(
            f"StartLimitIntervalSec={START_LIMIT_SECONDS}\nStartLimitBurst={START_LIMIT_COUNT}",
            f"{START_LIMIT_COUNT} starts in {START_LIMIT_SECONDS} s, then systemd gives up and"
            " the unit shows as failed: an odoo.conf that Odoo refuses does not mend itself."
            f" {START_LIMIT_COUNT} x ({RESTART_SECONDS} s + a start of up to 30 s) ="
            f" {failing} s, so the limit is really reached.",
            "After the cure: systemctl reset-failed.",
        )
    ]


def no_reload(subject: Subject) -> list[str]:
    """Why there is no ExecReload, as sentences."""
    deployment = subject.deployment
    series = SERIES[subject.plan.series]
    if deployment is not None and deployment.venv is True:
        first = (
            "This Odoo runs in a virtual environment, and SIGHUP makes it start itself as a bare"
            " `python`, which does not find that environment: the server would be gone."
        )
    else:
        first = (
            "No ExecReload= with SIGHUP: Odoo then starts itself as a bare `python`, and where it"
            " runs in a virtual environment the server is gone."
        )
    second = (
        "Also, old and new workers then live side by side, up to twice the memory: more than"
        " MemoryMax."
        if series.graceful_reload
        else f"Also, in Odoo {series.number} SIGHUP is a stop and a start: connections are refused"
        " meanwhile, just as in a restart."
    )
    return [first, f"{second} Use systemctl restart."]


def _mib(size_bytes: int) -> str:
    """As systemd takes it: whole MiB, never more than asked for."""
    return f"{size_bytes // MIB}M"

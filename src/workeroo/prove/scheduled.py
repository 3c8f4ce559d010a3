"""How is the lab's scheduled action set going, which process runs it, and has it ended?

What it does is told by the log: it is the server that begins a scheduled action, when it likes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from workeroo.errors import Unavailable
from workeroo.facts.process import Part
from workeroo.prove.log import Heard
from workeroo.prove.stage import Stage
from workeroo.prove.tidy import switch_cron_off
from workeroo.prove.weights import nice_of, parts_now

JOB = "Workeroo Lab"
"""The name of the lab's scheduled action begins so."""

SHARE_OF_LIMIT = 0.5
"""Of limit_time_cpu less the second by which Odoo rounds it down. That limit holds for cron workers
too, and what is not of the scheduled action counts as well."""

LEAST_BURN_SECONDS = 0.3

MOST_REFUSED = 30
"""Odoo refuses while it runs, also for a moment after it has written that it is done."""

PAUSE_SECONDS = 0.1
"""Between two looks at the log."""

Who = tuple[Part | None, int | None]
"""The part of the process that runs it, and how much nicer that is than the master."""


@contextmanager
def set_going(stage: Stage, burn_seconds: float) -> Iterator[Callable[[], bool]]:
    """It runs again and again while the block goes on, and has ended after it.

    Gives whether it has begun since, or never will.
    """
    over = threading.Event()
    begun = _count(stage, "cron-start")
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(_go_on, stage, burn_seconds, over)
        try:
            yield lambda: _count(stage, "cron-start") > begun or going.done()
        finally:
            over.set()
    going.result()
    switch_cron_off(stage.levers)  # else it would run beside users who are to be alone


def runs_of(stage: Stage) -> list[Heard]:
    """The lines of its starts and ends."""
    return [line for line in stage.heard("cron-start", "cron-done") if JOB in line.text]


def who_runs(stage: Stage) -> Who:
    """Which process runs it, by the last line about it."""
    pid = next((line.pid for line in reversed(runs_of(stage))), None)
    if pid is None:
        return None, None
    own, nice = nice_of(stage.master.pid), nice_of(pid)
    part = stage.master.part if pid == stage.master.pid else parts_now(stage.master.pid).get(pid)
    return part, None if nice is None or own is None else nice - own


def cron_workers(stage: Stage) -> int:
    """How many cron workers the server has at this moment."""
    return sum(part == "cron worker" for part in parts_now(stage.master.pid).values())


def _go_on(stage: Stage, burn_seconds: float, over: threading.Event) -> None:
    """Have it run, and again whenever it has ended: beside itself it would fail."""
    limit = stage.promise("limit_time_cpu").number
    burn = max(min(burn_seconds, (limit - 1) * SHARE_OF_LIMIT), LEAST_BURN_SECONDS)
    refused = 0
    while not over.wait(PAUSE_SECONDS):
        begun = _count(stage, "cron-start")
        answer = stage.levers.pull("cron", burn=burn, active=1)
        if not answer.is_ok:
            refused += 1
            if refused == MOST_REFUSED:
                raise Unavailable(f"the scheduled action could not be set going: {answer.text}")
            continue
        refused = 0
        while _count(stage, "cron-start") == begun or _runs(stage):
            if over.wait(PAUSE_SECONDS):
                return


def _runs(stage: Stage) -> bool:
    """Whether the last run has neither ended nor died."""
    last = next(reversed(runs_of(stage)), None)
    return last is not None and last.name == "cron-start" and nice_of(last.pid) is not None


def _count(stage: Stage, name: str) -> int:
    return sum(line.name == name for line in runs_of(stage))

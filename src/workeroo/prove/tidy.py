"""How does a proof leave a server as it found it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workeroo.prove.levers import Levers
from workeroo.prove.stage import Stage
from workeroo.prove.wait import holds_within
from workeroo.prove.weights import http_workers

LONGEST_RUN_SECONDS = 60.0
"""Of a scheduled action that is niced, on a host that is busy."""

REFUSED_SECONDS = 0.3
"""Until it is asked again to switch off a scheduled action that runs."""

MOST_RELEASES = 200
"""Requests that are spent on reaching every worker: any of them may take any request."""


@contextmanager
def released(stage: Stage) -> Iterator[None]:
    """Whatever happens inside, no worker goes on to hold what a lever took."""
    try:
        yield
    finally:
        release_all(stage.levers, stage.master.pid)


def release_all(levers: Levers, master_pid: int) -> bool:
    """Have every HTTP worker give back what it holds; whether each of them was reached.

    Workers that have gone gave all back. Stops at once where the server does not answer.
    """
    reached: set[int] = set()
    for _ in range(MOST_RELEASES):
        answer = levers.pull("release")
        if answer.pid is None:
            return False
        reached.add(answer.pid)
        if reached.issuperset(http_workers(master_pid)):
            return True
    return False


@contextmanager
def cron_off(levers: Levers) -> Iterator[None]:
    """Whatever happens inside, the scheduled action of the lab does nothing afterwards."""
    try:
        yield
    finally:
        switch_cron_off(levers)


def switch_cron_off(levers: Levers) -> bool:
    """Have the scheduled action do nothing; Odoo refuses while it runs, so it is awaited too."""
    return holds_within(
        lambda: levers.pull("cron", active=0, sleep=0, burn=0, hold=0).is_ok,
        LONGEST_RUN_SECONDS,
        REFUSED_SECONDS,
    )

"""How does a proof leave a server as it found it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workeroo.prove.levers import Levers
from workeroo.prove.stage import Stage
from workeroo.prove.weights import http_workers

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
        levers.pull("cron", active=0, sleep=0, burn=0, hold=0)

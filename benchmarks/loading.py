"""How does a benchmark load the lab? By the product's own generator, on plain pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from workeroo.lab.lab import Lab
from workeroo.lab.postgres import find_cluster
from workeroo.lab.wait import wait_until
from workeroo.prove.load.drive import run
from workeroo.prove.load.order import Bounds, Order, Target, Weighted, one_page
from workeroo.prove.load.product import Closed, Load, Open

WARM_SHARE = 0.2
"""Of the time of a load, at its start, left out of figures."""

BURSTS, MOST_BURSTS = 2, 12
"""Of requests, that warm a server up."""

PATIENT = Bounds(timeout_seconds=60.0, failure_share=1.0)
"""A benchmark wants to know how bad it gets: it stops for no failures."""


class Page(NamedTuple):
    """A page that is asked for, by its path."""

    path: str


def closed(
    lab: Lab,
    pages: Mapping[Page, float],
    users: int,
    seconds: float,
    think_seconds: float,
    *,
    seed: int,
) -> Load:  # fmt: skip
    """So many users who think."""
    shape = Closed(users=users, seconds=seconds, think_seconds=think_seconds)
    return _loaded(lab, pages, shape, WARM_SHARE * seconds, seed)


def opened(
    lab: Lab, pages: Mapping[Page, float], rate: float, seconds: float, *, seed: int
) -> Load:
    """Arrivals by chance."""
    shape = Open(visits_per_second=rate, seconds=seconds)
    return _loaded(lab, pages, shape, WARM_SHARE * seconds, seed)


def warm(lab: Lab, pages: Iterable[Page], workers: int) -> None:
    """Let each worker see each page: bursts, until the log tells that each has answered it."""
    for page in pages:
        start = lab.log_path.stat().st_size
        line = re.compile(rb"^\S+ \S+ (\d+) .*\"GET " + re.escape(page.path.encode()), re.MULTILINE)
        for _ in range(MOST_BURSTS):
            _loaded(lab, {page: 1}, Open(trace_seconds=(0.0,) * 3 * workers), 0.0, 1)
            served = line.findall(lab.log_path.read_bytes(), start)
            if len(set(served)) >= workers and len(served) > BURSTS * workers:
                break


def failures(lab: Lab, path: str) -> list[str]:
    """One request; why it failed."""
    return list(_loaded(lab, {Page(path): 1}, Open(trace_seconds=(0.0,)), 0.0, 1).failures)


def _loaded(
    lab: Lab, pages: Mapping[Page, float], shape: Open | Closed, cold: float, seed: int
) -> Load:
    order = Order(
        target=Target(url=lab.url),
        shape=shape,
        journeys=tuple(
            Weighted(journey=one_page(page.path), weight=weight) for page, weight in pages.items()
        ),
        warmup_seconds=cold,
        seed=seed,
        bounds=PATIENT,
    )
    return run(order)[0]


CRON_STARTS = re.compile(rb"Job 'Workeroo Lab: work as asked' .* starting")
CRON_DONE = re.compile(rb"Job 'Workeroo Lab: work as asked' .* fully done")
QUIET = """
UPDATE ir_cron SET active = false WHERE id NOT IN
    (SELECT res_id FROM ir_model_data WHERE module = 'workeroo_lab' AND name = 'cron');
UPDATE ir_cron SET nextcall = now() + interval '1 day'
"""
"""No scheduled action runs by itself."""


def quiet(lab: Lab) -> None:
    """Let no scheduled action run that was not asked for."""
    find_cluster(lab.folder, lab.user).query(QUIET, "shop")


class Cron:
    """A scheduled action that computes for a while, started when asked."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.start = lab.log_path.stat().st_size

    def begin(self, seconds: float) -> None:
        """Start it. While another run of it goes on, Odoo refuses: then it is asked again."""
        path = f"/workeroo_lab/cron?burn={seconds}"
        wait_until(lambda: not failures(self.lab, path), seconds=60, what="the action's turn")

    def begun(self) -> None:
        """Wait until it runs."""
        wait_until(lambda: self._told(CRON_STARTS), seconds=90, what="the start of the action")

    def over(self) -> None:
        """Wait until it has run."""
        wait_until(lambda: self._told(CRON_DONE), seconds=180, what="the end of the action")

    def _told(self, line: re.Pattern[bytes]) -> bool:
        return line.search(self.lab.log_path.read_bytes(), self.start) is not None

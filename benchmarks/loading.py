"""How does a benchmark load the lab? By the product's own generator, on plain pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from workeroo.lab.lab import Lab
from workeroo.prove.load.drive import run
from workeroo.prove.load.order import Bounds, Order, Target, Weighted, one_page
from workeroo.prove.load.product import Closed, Load, Open

WARM_SHARE = 0.2
"""Of the time of a load, at its start, left out of figures."""

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
    """Let each worker see each page: three times as many at once as there are workers, twice."""
    for page in [*pages] * 2:
        _loaded(lab, {page: 1}, Open(trace_seconds=(0.0,) * 3 * workers), 0.0, 1)


def ask_once(lab: Lab, path: str) -> None:
    """One request that must be answered."""
    load = _loaded(lab, {Page(path): 1}, Open(trace_seconds=(0.0,)), 0.0, 1)
    if load.failures:
        raise SystemExit(f"{path}: {next(iter(load.failures))}")


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

"""Which requests does a worker serve in its life, when, and how long does each take?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from logroutes import Route
from logtroubles import BURST, FAILURES, TROUBLES
from numpy.typing import NDArray

Ints = NDArray[np.int64]

TIME_LIMIT_SECONDS = 120
SLOWEST_MS = TIME_LIMIT_SECONDS * 1000 - 1
PATHS = 20_000
"""Different requests at a time."""
REDRAWN_LIVES = 40
"""After so many lives of workers other paths are asked for."""
BARE_SHARE = 0.002
"""Of requests that failed before their times were taken: `- - -`."""
GAP_MS_BY_HOUR = np.array([9, 14, 20, 22, 18, 9, 4, 2, 1.2, 1, 1, 1.1, 1.4, 1.2, 1, 1, 1.1, 1.3,
                           1.5, 1.4, 1.3, 1.7, 3, 6]) * 420  # fmt: skip
"""How long a worker waits for its next request, on average, through a day of this shop."""

_WORDS = ("office", "desk", "lamp", "chair", "corner", "cabinet", "oak", "wall", "blue", "large",
          "drawer", "shelf", "glass", "storage", "screen", "bin", "table", "bench")  # fmt: skip


class Life(NamedTuple):
    """The requests of one process, in their order; times in milliseconds."""

    pid: int
    at_ms: Ints
    route: Ints
    path: Ints
    status: Ints
    untimed: NDArray[np.bool_]
    queries: Ints
    sql: Ints
    rest: Ints


class Routes:
    """The columns of the table of routes, so that many requests are drawn at once."""

    def __init__(self, routes: list[Route], *, times_static: bool) -> None:
        self.all = routes
        self.weight = np.array([route.weight for route in routes])
        self.weight /= self.weight.sum()
        self.median_ms = np.array([route.median_ms for route in routes])
        self.spread = np.array([route.spread for route in routes])
        self.sql_share = np.array([route.sql_share for route in routes])
        self.queries = np.array([route.queries for route in routes])
        self.untimed = np.array([route.is_static and not times_static for route in routes])
        self.answers = np.array([_of_a_thousand(route.answers) for route in routes])


class Lives:
    """Draws lives, and the paths that are asked for meanwhile."""

    def __init__(
        self,
        draw: np.random.Generator,
        routes: Routes,
        life_requests: tuple[int, int],
        troubles: int,
    ) -> None:
        self.draw = draw
        self.routes = routes
        self.life_requests = life_requests
        self.troubles = troubles
        self.paths: list[str] = []
        self.route_of_path = np.empty(0, dtype=np.int64)
        self.drawn = 0

    def next(self, pid: int, born_ms: int) -> tuple[Life, dict[int, str]]:
        """The requests of a process, and which of them are in which trouble."""
        if self.drawn % REDRAWN_LIVES == 0:
            self._draw_paths()
        self.drawn += 1
        return self._draw_life(pid, born_ms)

    def _draw_paths(self) -> None:
        """Requests as they are asked; the more frequent kinds more often."""
        draw = self.draw
        route = draw.choice(len(self.routes.all), PATHS, p=self.routes.weight)
        ids = np.minimum(draw.zipf(1.3, PATHS), 90_000).tolist()
        words = draw.integers(0, len(_WORDS), (PATHS, 3)).tolist()
        hexes = draw.integers(16**6, 16**7, PATHS).tolist()
        self.route_of_path = route.astype(np.int64)
        self.paths = [
            self.routes.all[r].request.format(
                id=n, page=n % 40 + 1, word=_WORDS[a], hex=f"{x:07x}", token=f"{x * 7919**5:032x}",
                slug=f"{_WORDS[b]}-{_WORDS[c]}-{n}",
            )
            for r, n, (a, b, c), x in zip(route.tolist(), ids, words, hexes, strict=True)
        ]  # fmt: skip

    def _draw_life(self, pid: int, born_ms: int) -> tuple[Life, dict[int, str]]:
        """The requests of a process, and which of them are in trouble."""
        draw, routes = self.draw, self.routes
        count = int(draw.integers(*self.life_requests))
        path = draw.integers(0, PATHS, count)
        route = self.route_of_path[path]
        service = routes.median_ms[route] * np.exp(
            routes.spread[route] * draw.standard_normal(count)
        )
        service = np.minimum(service, SLOWEST_MS)
        in_sql = routes.sql_share[route] * np.exp(0.3 * draw.standard_normal(count))
        sql = (service * np.minimum(in_sql, 0.95)).astype(np.int64)
        rest = (service - sql).astype(np.int64)
        gap_ms = GAP_MS_BY_HOUR[born_ms // 3_600_000 % 24]
        gaps = draw.exponential(gap_ms, count).astype(np.int64) + 1
        status = routes.answers[route, draw.integers(0, 1000, count)]
        untimed = routes.untimed[route] | (draw.random(count) < BARE_SHARE)
        troubles = self._troubles(count)
        for place, kind in troubles.items():
            untimed[place] = False
            status[place] = 500 if kind in FAILURES else status[place]
        at_ms = born_ms + np.cumsum(gaps + sql + rest)
        queries = draw.poisson(routes.queries[route])
        return Life(pid, at_ms, route, path, status, untimed, queries, sql, rest), troubles

    def _troubles(self, count: int) -> dict[int, str]:
        """Which requests are in trouble, and in which; there is an entry in front of their line."""
        found: dict[int, str] = {}
        for kind, share in TROUBLES.items():
            expected = count * self.troubles * share / sum(TROUBLES.values()) / 1e6
            for first in self.draw.integers(0, count, self.draw.poisson(expected)).tolist():
                for place in range(first, min(first + BURST.get(kind, 1), count)):
                    found.setdefault(place, kind)
        return found


def _of_a_thousand(answers: Mapping[int, int]) -> list[int]:
    """The statuses of a thousand requests."""
    listed = [status for status, times in answers.items() for _ in range(times)]
    return (listed + [200] * 1000)[:1000]

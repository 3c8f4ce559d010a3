"""Which log is to be made, and what is true about it?"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SUMS = ("count", "errors", "untimed", "queries", "service_ms", "sql_ms")
"""What is counted of each class of requests."""


class Shape(NamedTuple):
    """What log to make.

    Attributes:
        size_bytes: about so large; it goes on until every worker has ended.
        seed: of all that is drawn.
        series: of Odoo, 12 to 19.
        modes: whether request lines tell the cursor's mode, as they do where there is a replica.
        workers: HTTP workers.
        life_requests: least and most requests of a worker before it is replaced.
        troubles: for a million requests: tracebacks and retried transactions.
    """

    size_bytes: int = 1000**3
    seed: int = 19
    series: int = 19
    modes: bool = False
    workers: int = 8
    life_requests: tuple[int, int] = (2000, 8192)
    troubles: int = 200


@dataclass
class Truth:
    """What the log says, exactly.

    Attributes:
        headers: lines with a prefix; requests: request lines of HTTP workers.
        errors: requests answered with 500 and above; untimed: those without times.
        busy_ms: time that workers spent on the timed ones; sql_ms: of it in SQL.
        classes: by name: count, errors, untimed, queries, service_ms, sql_ms.
        told: how many lines of each known kind.
        jobs: by name: runs and milliseconds as the log tells them.
    """

    shape: dict[str, object]
    size_bytes: int = 0
    lines: int = 0
    headers: int = 0
    requests: int = 0
    errors: int = 0
    untimed: int = 0
    busy_ms: int = 0
    sql_ms: int = 0
    queries: int = 0
    first_ms: int = 0
    last_ms: int = 0
    classes: dict[str, Counter[str]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    jobs: dict[str, Counter[str]] = field(default_factory=dict)

    def write(self, log: Path) -> None:
        """Put it beside the log that it is about."""
        text = json.dumps(vars(self), indent=1, ensure_ascii=False)
        truth_path(log).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, log: Path) -> Truth:
        """The truth about a log that was made before."""
        return cls(**json.loads(truth_path(log).read_text(encoding="utf-8")))


def truth_path(log: Path) -> Path:
    """Where the truth about a log stands."""
    return log.with_name(log.name + ".truth.json")

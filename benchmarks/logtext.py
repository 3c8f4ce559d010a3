"""How does a server write a line of its log?"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from loglives import Ints, Life

_THREE = [f"{n:03d}" for n in range(1000)]
_SECONDS = [f"{n / 1000:.3f}" for n in range(10_000)]


def entry_text(at_ms: int, pid: int, level: str, logger: str, said: str) -> str:
    """An entry that is no request: it ends with a blank, where the times of a request would be."""
    end = "" if "\n" in said else " "
    return f"{stamp(at_ms)[0]},{at_ms % 1000:03d} {pid} {level} shop {logger}: {said}{end}"


def request_texts(
    life: Life, paths: list[str], addresses: list[str], modes: list[str]
) -> list[str]:
    """The request lines of a life; addresses and modes (" ro") are one for each of them."""
    pid = life.pid
    return [
        f"{date},{_THREE[ms]} {pid} INFO shop werkzeug: {address} - - [{told}] "
        f'"{paths[path]} HTTP/1.1" {status} - '
        + ("- - -" if bare else f"{n} {_seconds(sql)} {_seconds(rest)}{mode}")
        for (date, told), ms, address, path, status, bare, n, sql, rest, mode in zip(
            _stamps(life.at_ms), (life.at_ms % 1000).tolist(), addresses, life.path.tolist(),
            life.status.tolist(), life.untimed.tolist(), life.queries.tolist(), life.sql.tolist(),
            life.rest.tolist(), modes, strict=True,
        )
    ]  # fmt: skip


@cache
def _day(day: int) -> tuple[str, str]:
    """A day (Unix time // 86400) as Odoo and as the request lines write it."""
    date = datetime.fromtimestamp(day * 86400, tz=timezone.utc)
    return f"{date:%Y-%m-%d}", f"{date:%d/%b/%Y}"


def stamp(at_ms: int) -> tuple[str, str]:
    """A second as Odoo and as the request lines write it."""
    day, second = divmod(at_ms // 1000, 86400)
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return f"{_day(day)[0]} {clock}", f"{_day(day)[1]} {clock}"


def _stamps(at_ms: Ints) -> list[tuple[str, str]]:
    """The same for many; each second is written once."""
    seconds, which = np.unique(at_ms // 1000, return_inverse=True)
    written = [stamp(second * 1000) for second in seconds.tolist()]
    return [written[n] for n in which.tolist()]


def _seconds(ms: int) -> str:
    return _SECONDS[ms] if ms < len(_SECONDS) else f"{ms / 1000:.3f}"

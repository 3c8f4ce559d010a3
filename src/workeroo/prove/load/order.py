"""What is the load generator asked to do, to which server, and when must it stop by itself?"""

from __future__ import annotations

import msgspec

from workeroo.catalog.journeys.product import Ask, Journey
from workeroo.catalog.series import SERIES
from workeroo.prove.load.product import Closed, Open

Values = dict[str, str | int | float]
"""What stands for the {names} of a journey: given with the order, or taken from answers."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A server that may be loaded.

    Attributes:
        url: "http://127.0.0.1:8069"; requests go nowhere else, wherever answers send them.
        host: what is told as the Host header, where it is not the host of `url`.
        verify: False to go on with a certificate that a browser refuses.
        connect_seconds: the longest wait for a connection.
        addresses: what the host of `url` stands for, whatever its name is made to stand for later;
            empty to look it up.
    """

    url: str
    host: str | None = None
    verify: bool = True
    connect_seconds: float = 10.0
    addresses: tuple[str, ...] = ()


class Weighted(msgspec.Struct, frozen=True, kw_only=True):
    """A journey and how many visits take it, against the weights of the others."""

    journey: Journey
    weight: float = 1.0


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """When a load ends whatever was asked for.

    Attributes:
        seconds: the longest time, from the first arrival to the last answer.
        requests: the most requests.
        in_flight: the most requests that wait for an answer at once.
        timeout_seconds: how long a request waits for its whole answer before it failed.
        failure_share: the load stops at once where more than this share of the last
            `failure_window` requests failed; 1.0 never stops.
        failure_window: over how many requests the share is taken.
    """

    seconds: float = 900.0
    requests: int = 1_000_000
    in_flight: int = 5_000
    timeout_seconds: float = 30.0
    failure_share: float = 0.5
    failure_window: int = 50


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One load.

    Attributes:
        target: the server.
        shape: how visits come.
        journeys: what visits do; each visit takes one by its own chance.
        given: what journeys need ("login", "password"), a record for each user that there is;
            visits take turns with them.
        warmup_seconds: of the time of the shape, how much at its start is left out of figures.
        seed: the same seed gives the same arrivals, choices and times to think.
        bounds: when it ends by itself.
    """

    target: Target
    shape: Open | Closed
    journeys: tuple[Weighted, ...]
    given: tuple[Values, ...] = ({},)
    warmup_seconds: float = 0.0
    seed: int = 1
    bounds: Bounds = Bounds()


def one_page(path: str) -> Journey:
    """A journey of one request: for the price of a single page."""
    name = path.partition("?")[0]
    return Journey(
        name="page",
        does=f"asks for {name}",
        steps=(Ask(name=name, path=path),),
        first_series=min(SERIES),
    )

"""Are other users' requests answered while a limit is provoked?

They ask for an ordinary page, at a steady rate, whether or not the server keeps up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from workeroo.prove.product import Hop, Number
from workeroo.prove.proof import broken, ok, unseen
from workeroo.prove.stage import Stage

if TYPE_CHECKING:
    from workeroo.prove.load.ledger import Ledger
    from workeroo.prove.load.product import Shot

PAGE = "/web/login"
"""An ordinary page that every Odoo answers, with its database."""

PER_SECOND = 4.0
"""Requests of other users: far below what one worker answers, so that none waits for its kind."""

TIMEOUT_SECONDS = 60.0
"""A request that waits for a worker to be killed and replaced is answered late, not lost."""

PAUSE_SECONDS = 0.05
"""Between two looks at how many have been answered."""

LONGEST_SECONDS = 1800.0
"""No proof takes longer."""


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """What became of other users' requests.

    Attributes:
        answered, failed: how many.
        why: how the first of those that failed did; None where none did.
        p50_seconds, p95_seconds, max_seconds: of the answered ones.
    """

    answered: int
    failed: int
    why: str | None = None
    p50_seconds: float | None = None
    p95_seconds: float | None = None
    max_seconds: float | None = None

    @property
    def total(self) -> int:
        """All of them."""
        return self.answered + self.failed


NOBODY = Users(answered=0, failed=0)


class Meanwhile:
    """The other users, while they ask; `users` is there once they have stopped."""

    def __init__(self, ledger: Ledger) -> None:
        self.users = NOBODY
        self._ledger = ledger

    def wait_for(self, more: int) -> None:
        """Return when so many more of their requests have ended, or none has for a long time."""
        wanted = len(self._ledger.shots) + more
        end = time.monotonic() + TIMEOUT_SECONDS
        while len(self._ledger.shots) < wanted and time.monotonic() < end:
            time.sleep(PAUSE_SECONDS)


@contextmanager
def others(
    stage: Stage,
    *,
    per_second: float = PER_SECOND,
    pages: tuple[str, ...] = (PAGE,),
    seconds: float = LONGEST_SECONDS,
) -> Iterator[Meanwhile]:
    """Other users ask for pages while the block goes on; those that wait then are waited for."""
    # The load generator's client is slow to import, and no other proof needs it.
    from workeroo.prove.load.ledger import Ledger  # noqa: PLC0415

    ledger = Ledger()
    meanwhile = Meanwhile(ledger)
    faults: list[Exception] = []

    def ask() -> None:
        try:
            _drive(stage.url, per_second, pages, seconds, ledger)
        except Exception as error:  # noqa: BLE001 - raised again below, in the caller's thread
            faults.append(error)

    thread = threading.Thread(target=ask, name="other users")
    thread.start()
    try:
        yield meanwhile
    except BaseException:
        ledger.stop("the proof was broken off", at_once=True)
        thread.join()
        raise
    ledger.stop("the proof is over")
    thread.join()
    if faults:
        raise faults[0]
    meanwhile.users = summed(ledger.shots)


def asked_for(stage: Stage, seconds: float, *, per_second: float) -> Users:
    """Users ask for so many seconds, and nothing else happens."""
    with others(stage, per_second=per_second, seconds=seconds) as meanwhile:
        threading.Event().wait(seconds)
    return meanwhile.users


def summed(shots: list[Shot]) -> Users:
    """What became of requests."""
    from workeroo.prove.load.figures import latency  # noqa: PLC0415 - as in `others`

    figures = latency(shots)
    return Users(
        answered=figures.count,
        failed=figures.failed,
        why=next((shot.failed for shot in shots if shot.failed is not None), None),
        p50_seconds=figures.p50_seconds,
        p95_seconds=figures.p95_seconds,
        max_seconds=figures.max_seconds,
    )


def users_hop(users: Users, cure: str, name: str = "others") -> Hop:
    """Whether every other user was answered."""
    if not users.total:
        return unseen(name, "no other user asked meanwhile")
    if users.failed:
        text = f"{users.failed} of {users.total} requests of other users failed: {users.why}"
        return broken(name, text, cure)
    return ok(name, f"all {users.total} requests of other users were answered")


def users_numbers(users: Users) -> Iterator[Number]:
    """How long other users waited."""
    told = {
        "other users' p95": users.p95_seconds,
        "other users' longest wait": users.max_seconds,
    }
    for name, seconds in told.items():
        if seconds is not None:
            yield Number(name=name, value=seconds, unit="seconds")


def _drive(
    url: str, per_second: float, pages: tuple[str, ...], seconds: float, ledger: Ledger
) -> None:
    from workeroo.prove.load.drive import run  # noqa: PLC0415 - as in `others`
    from workeroo.prove.load.order import (  # noqa: PLC0415 - as in `others`
        Bounds,
        Order,
        Target,
        Weighted,
        one_page,
    )
    from workeroo.prove.load.product import Open  # noqa: PLC0415 - as in `others`

    order = Order(
        # A full queue makes a client wait for its connection: that too is late, not lost.
        target=Target(url=url, connect_seconds=TIMEOUT_SECONDS),
        shape=Open(visits_per_second=per_second, seconds=seconds, arrivals="even"),
        journeys=tuple(Weighted(journey=one_page(page)) for page in pages),
        bounds=Bounds(
            seconds=seconds + TIMEOUT_SECONDS, timeout_seconds=TIMEOUT_SECONDS, failure_share=1.0
        ),
    )
    run(order, ledger)

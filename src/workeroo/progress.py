"""What is told of a long step while it goes on?

Rooms tell steps; who listens draws bars on a terminal, writes lines into a log, or says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Step(Protocol):
    """One step that goes on."""

    def reach(self, done: float, total: float | None = None) -> None:
        """Say how far it is; `total` may become known, or change, on the way."""
        ...


class Progress(Protocol):
    """Somebody who listens."""

    def step(
        self, text: str, *, unit: str | None = None, total: float | None = None
    ) -> AbstractContextManager[Step]:
        """Open a step: "downloading odoo-19". `unit` is "bytes" where it counts bytes."""
        ...


class Silent:
    """Listens to nothing."""

    @contextmanager
    def step(
        self, text: str, *, unit: str | None = None, total: float | None = None
    ) -> Iterator[Step]:
        """A step that nobody hears of."""
        del text, unit, total
        yield self

    def reach(self, done: float, total: float | None = None) -> None:
        """Nobody hears how far it is."""
        del done, total

"""How does a load look while it goes on? Lines that change on a terminal, else one a trial."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from workeroo.prove.knee.product import Try
from workeroo.prove.load.ledger import Glance
from workeroo.prove.load.product import Closed, Open
from workeroo.prove.stress import Onlooker
from workeroo.report.stress_text import glance_lines, trial_line

if TYPE_CHECKING:
    from rich.live import Live


@contextmanager
def onlooker() -> Iterator[Onlooker]:
    """Lines that change on a terminal; all of it goes to stderr."""
    if not sys.stderr.isatty():
        yield _Written()
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, rarely needed
    from rich.live import Live  # noqa: PLC0415 - as above

    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
    with Live(console=console, transient=True, refresh_per_second=4) as live:
        yield _Drawn(live)


class _Written:
    """One line when a trial begins."""

    def begin(self, asked: Try | Open | Closed, why: str) -> None:
        """Say which."""
        click.echo(f"{trial_line(asked, why)} ...", err=True)

    def see(self, glance: Glance) -> None:
        """A log is not the place for every second."""
        del glance


class _Drawn:
    """The trial, and what is seen of it now."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.head = ""

    def begin(self, asked: Try | Open | Closed, why: str) -> None:
        """Another trial."""
        self.head = trial_line(asked, why)
        self.live.console.print(self.head, markup=False, highlight=False)

    def see(self, glance: Glance) -> None:
        """Draw it again."""
        from rich.text import Text  # noqa: PLC0415 - slow to import, rarely needed

        self.live.update(Text("\n".join(glance_lines(glance))))

"""How does a long step look while it goes on?

A bar on a terminal; in a pipe or a log one line per step. All of it goes to stderr.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import click

from workeroo.progress import Progress, Step
from workeroo.units import format_bytes, format_seconds

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


def progress() -> Progress:
    """Bars on a terminal, else lines."""
    return _Drawn() if sys.stderr.isatty() else _Written()


class _Lines:
    """A step told when it begins; nothing more until the next one."""

    def reach(self, done: float, total: float | None = None) -> None:
        """A log is not the place for every per cent."""
        del done, total


class _Written:
    """One line per step."""

    @contextmanager
    def step(
        self, text: str, *, unit: str | None = None, total: float | None = None
    ) -> Iterator[Step]:
        """Say the step, with its size where that is known."""
        size = f" ({format_bytes(total)})" if unit == "bytes" and total else ""
        click.echo(f"{text}{size} ...", err=True)
        yield _Lines()


class _Bar:
    """One bar."""

    def __init__(self, bars: Bars, task: TaskID) -> None:
        self.bars = bars
        self.task = task

    def reach(self, done: float, total: float | None = None) -> None:
        """Move the bar."""
        self.bars.update(self.task, completed=done, total=total)


class _Drawn:
    """One bar per step; a finished step leaves one line with its time."""

    def step(
        self, text: str, *, unit: str | None = None, total: float | None = None
    ) -> AbstractContextManager[Step]:
        """Draw a bar."""
        return self._drawn(text, unit, total)

    @contextmanager
    def _drawn(self, text: str, unit: str | None, total: float | None) -> Iterator[Step]:
        from rich import progress as rich  # noqa: PLC0415 - slow to import, rarely needed
        from rich.console import Console  # noqa: PLC0415 - as above

        columns = [rich.SpinnerColumn(), rich.TextColumn("{task.description}"), rich.BarColumn()]
        if unit == "bytes":  # it has a rate, and with a known end a time that is left
            columns += [rich.DownloadColumn(binary_units=True), rich.TransferSpeedColumn(),
                        rich.TimeRemainingColumn(compact=True)]  # fmt: skip
        else:
            columns += [rich.TaskProgressColumn(), rich.TimeElapsedColumn()]
        bars = rich.Progress(*columns, console=Console(stderr=True), transient=True)
        began = time.monotonic()
        with bars:
            yield _Bar(bars, bars.add_task(text, total=total))
        click.echo(f"{text}: {format_seconds(time.monotonic() - began)}", err=True)

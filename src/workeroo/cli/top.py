"""`workeroo top`: what do the workers of a server do now?"""

from __future__ import annotations

import sys
import time
from collections import deque
from contextlib import closing

import click

from workeroo.autopilot.journal import newest_entries
from workeroo.cli.show import json_option, show
from workeroo.cli.watching import LOOK_SECONDS, Watch, chosen, database_option
from workeroo.errors import UsageError
from workeroo.facts.pulse import Pulse, between
from workeroo.report.top_product import Top, top_of
from workeroo.report.top_text import top_text

REMEMBERED_SECONDS = 10.0
"""Rates and the queue time are told of so long."""

DECISIONS = 4
"""Of the autopilot, at the bottom of the screen."""


class Looks:
    """Looks at one server until the next is to be shown.

    Args:
        watch: the server.
        interval_seconds: between two that are shown.
    """

    def __init__(self, watch: Watch, interval_seconds: float) -> None:
        self._watch = watch
        self._interval_seconds = interval_seconds
        self._pulses: deque[Pulse] = deque()

    def __call__(self) -> Top:
        """Look until the interval is over; the first time, only once.

        Raises:
            Unavailable: while the server is not there.
        """
        end = time.monotonic() + (self._interval_seconds if self._pulses else 0.0)
        self._look()
        while time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
            self._look()
        place, status = self._watch.place(), self._watch.autopilot()
        decisions = [] if place is None else newest_entries(place, DECISIONS)
        if status is not None and status.last is not None and status.last not in decisions:
            decisions = [*decisions, status.last][-DECISIONS:]
        return top_of(self._watch.name, time.time(), list(self._pulses), status, decisions)

    def close(self) -> None:
        """Give back what is open."""
        self._watch.close()

    def _look(self) -> None:
        pulse = self._watch.look()
        self._pulses.append(pulse)
        while between(self._pulses[0], pulse) is None and len(self._pulses) > 1:
            self._pulses.popleft()  # of a server that was there before
        while self._pulses[0].at_seconds < pulse.at_seconds - REMEMBERED_SECONDS:
            self._pulses.popleft()


@click.command("top")
@click.option("--deployment", metavar="NAME", help="Which Odoo, where the host has several.")
@click.option(
    "--interval", type=click.FloatRange(LOOK_SECONDS, 60), default=1.0, show_default=True,
    metavar="SECONDS", help="Between two looks.",
)  # fmt: skip
@click.option("--once", is_flag=True, help="Print one look as text and end.")
@click.option("--folder", metavar="DIR", help="Where the autopilot keeps its journal.")
@database_option
@json_option
def command(
    *,
    deployment: str | None,
    interval: float,
    once: bool,
    folder: str | None,
    ask_database: bool,
    as_json: bool,
) -> None:
    """Show what the workers of a running Odoo do now: one screen, renewed.

    Who is busy and since when, who waits and how long, memory and CPU of each process, the host,
    and what the autopilot decides. Asks Odoo nothing, so a server that hangs is seen as well.
    Runs as root or as Odoo's own user. Keys: q ends, p pauses, s sorts, ? explains. In a pipe it
    prints one look.

    \b
    workeroo top
    workeroo top --once
    workeroo top --json
    """
    with closing(
        Looks(Watch(chosen(deployment), folder, ask_database=ask_database), interval)
    ) as looks:
        if once or as_json or not sys.stdout.isatty():
            looks()
            show(looks(), top_text, as_json=as_json)
            return
        _screen(looks)


def _screen(looks: Looks) -> None:
    try:
        from workeroo.report.top_screen import TopApp  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise UsageError(
            "the screen needs the library textual",
            cure="install it with `pip install 'workeroo[top]'`, or call `workeroo top --once`",
        ) from error
    TopApp(looks).run()

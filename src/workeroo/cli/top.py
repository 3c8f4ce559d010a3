"""`workeroo top`: what do the workers of a server do now?"""

from __future__ import annotations

import time
from collections import deque
from contextlib import closing

import click

from workeroo.autopilot.control import ask
from workeroo.autopilot.find import Finder
from workeroo.autopilot.journal import newest_entries
from workeroo.autopilot.loop import Watching
from workeroo.autopilot.place import Place, places
from workeroo.autopilot.product import Entry, Status
from workeroo.cli.autopilot import folders
from workeroo.cli.planning import choose
from workeroo.cli.show import json_option, show
from workeroo.errors import MissingInput, Unavailable, UsageError, WorkerooError
from workeroo.facts.deployment import Deployment
from workeroo.facts.pulse import Pulse, between
from workeroo.probe.collect import running_deployments
from workeroo.report.top_product import Top, top_of
from workeroo.report.top_text import top_text

REMEMBERED_SECONDS = 10.0
"""Rates and the queue time are told of so long."""

LOOK_SECONDS = 0.2
"""Between two looks, of which the last of each interval is shown: requests that are shorter than
that are seen by chance."""

DECISIONS = 4
"""Of the autopilot, at the bottom of the screen."""


class Looks:
    """Looks at one server again and again, also after it was started anew.

    Args:
        deployment: which.
        folder: where its autopilot keeps its files, None for the usual ones.
        interval_seconds: between two that are shown.
    """

    def __init__(self, deployment: Deployment, folder: str | None, interval_seconds: float) -> None:
        self._name = deployment.name
        self._finder = Finder(deployment)
        self._folders = folders(folder)
        self._interval_seconds = interval_seconds
        self._watcher: Watching | None = None
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
        autopilot, decisions = self._autopilot()
        return top_of(self._name, time.time(), list(self._pulses), autopilot, decisions)

    def close(self) -> None:
        """Give back what is open."""
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None

    def _look(self) -> None:
        pulse = self._pulse()
        self._pulses.append(pulse)
        while between(self._pulses[0], pulse) is None and len(self._pulses) > 1:
            self._pulses.popleft()  # of a server that was there before
        while self._pulses[0].at_seconds < pulse.at_seconds - REMEMBERED_SECONDS:
            self._pulses.popleft()

    def _pulse(self) -> Pulse:
        if self._watcher is None:
            self._watcher = self._finder()
        try:
            return self._watcher.look()
        except Unavailable:
            self.close()
            raise

    def _autopilot(self) -> tuple[Status | None, list[Entry]]:
        place = self._place()
        if place is None:
            return None, []
        decisions = newest_entries(place, DECISIONS)
        try:
            status = ask(place.socket, "status")
        except WorkerooError:  # it does not run any more: what it decided last is there
            return None, decisions
        if status.last is not None and status.last not in decisions:
            decisions = [*decisions, status.last]
        return status, decisions[-DECISIONS:]

    def _place(self) -> Place | None:
        found = (place for place in places(self._folders) if place.port == self._finder.port)
        return next(found, None)


@click.command("top")
@click.option("--deployment", metavar="NAME", help="Which Odoo, where the host has several.")
@click.option(
    "--interval", type=click.FloatRange(LOOK_SECONDS, 60), default=1.0, show_default=True,
    metavar="SECONDS", help="Between two looks.",
)  # fmt: skip
@click.option("--once", is_flag=True, help="Print one look as text and end.")
@click.option("--folder", metavar="DIR", help="Where the autopilot keeps its journal.")
@json_option
def command(
    *,
    deployment: str | None,
    interval: float,
    once: bool,
    folder: str | None,
    as_json: bool,
) -> None:
    """Show what the workers of a running Odoo do now: one screen, renewed.

    Who is busy and since when, who waits and how long, memory and CPU of each process, the host,
    and what the autopilot decides. Asks Odoo nothing, so a server that hangs is seen as well.
    Runs as root or as Odoo's own user. Keys: q ends, p pauses, s sorts, ? explains.

    \b
    workeroo top
    workeroo top --once
    workeroo top --json
    """
    found = choose(running_deployments(), deployment)
    if found is None:
        raise MissingInput("no Odoo runs here", cure="start it, or call this as root")
    with closing(Looks(found, folder, interval)) as looks:
        if once or as_json:
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

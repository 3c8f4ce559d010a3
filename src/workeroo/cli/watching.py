"""How is one server looked at again and again, by whoever shows it, also after a restart?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from workeroo.autopilot.control import ask
from workeroo.autopilot.find import Finder
from workeroo.autopilot.loop import Watching
from workeroo.autopilot.place import Place, places
from workeroo.autopilot.product import Status
from workeroo.cli.autopilot import folders
from workeroo.cli.planning import choose
from workeroo.errors import MissingInput, Unavailable, WorkerooError
from workeroo.facts.deployment import Deployment
from workeroo.facts.pulse import Pulse
from workeroo.probe.collect import running_deployments

F = TypeVar("F", bound=Callable[..., Any])

LOOK_SECONDS = 0.2
"""Between two looks: requests that are shorter than that are seen by chance."""


def chosen(name: str | None) -> Deployment:
    """The server that is meant among those that run here."""
    found = choose(running_deployments(), name)
    if found is None:
        raise MissingInput("no Odoo runs here", cure="start it, or call this as root")
    return found


def database_option(command: F) -> F:
    """Add `--database` to a command."""
    text = "Ask PostgreSQL too, every ten seconds, as Odoo's user."
    return click.option("--database", "ask_database", is_flag=True, help=text)(command)


class Watch:
    """The server that listens on the port of a deployment, and its autopilot.

    Args:
        deployment: which.
        folder: where its autopilot keeps its files, None for the usual ones.
        ask_database: whether PostgreSQL is asked too, every ten seconds.
    """

    def __init__(
        self, deployment: Deployment, folder: str | None, *, ask_database: bool = False
    ) -> None:
        self.name = deployment.name
        self._finder = Finder(deployment, ask_database=ask_database)
        self._folders: list[Path] = folders(folder)
        self._watcher: Watching | None = None

    @property
    def port(self) -> int:
        """Where it answers."""
        return self._finder.port

    def look(self) -> Pulse:
        """One look.

        Raises:
            Unavailable: while the server is not there.
        """
        if self._watcher is None:
            self._watcher = self._finder()
        try:
            return self._watcher.look()
        except Unavailable:
            self.close()
            raise

    def place(self) -> Place | None:
        """Where its autopilot keeps its files; None where none has run."""
        found = (place for place in places(self._folders) if place.port == self.port)
        return next(found, None)

    def autopilot(self) -> Status | None:
        """How its autopilot is; None where none answers."""
        place = self.place()
        try:
            return None if place is None else ask(place.socket, "status")
        except WorkerooError:  # it does not run any more
            return None

    def close(self) -> None:
        """Give back what is open."""
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None

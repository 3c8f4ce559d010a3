"""How is one server looked at again and again, by whoever shows it, also after a restart?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from workeroo.autopilot.control import ask
from workeroo.autopilot.place import Place, places
from workeroo.autopilot.product import Status
from workeroo.cli.autopilot import folders
from workeroo.cli.planning import choose
from workeroo.errors import MissingInput, Unavailable, WorkerooError
from workeroo.facts.deployment import Deployment
from workeroo.facts.pulse import Pulse
from workeroo.probe.collect import running_deployments
from workeroo.probe.databasewatch import database_watch
from workeroo.probe.pulse import Watcher, watcher_of

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

    Attributes:
        name: of the deployment.
        port: where it answers.
    """

    def __init__(
        self, deployment: Deployment, folder: str | None, *, ask_database: bool = False
    ) -> None:
        self.name = deployment.name
        self._ask_database = ask_database
        self._folders: list[Path] = folders(folder)
        self._watcher: Watcher | None = self._of(deployment)
        self.port = self._watcher.port

    def look(self) -> Pulse:
        """One look.

        Raises:
            Unavailable: while the server is not there.
        """
        if self._watcher is None:
            self._watcher = self._of(self._found())
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

    def _of(self, deployment: Deployment) -> Watcher:
        database = database_watch(deployment) if self._ask_database else None
        return watcher_of(deployment, database=database)

    def _found(self) -> Deployment:
        """Whoever listens on the port now."""
        for deployment in running_deployments():
            if self.port in (p for process in deployment.processes for p in process.listens_on):
                return deployment
        raise Unavailable(f"no Odoo listens on port {self.port}", cure="start it")

    def close(self) -> None:
        """Give back what is open."""
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None

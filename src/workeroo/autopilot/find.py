"""Where is the server that an autopilot holds, now and after a restart?"""

from __future__ import annotations

from workeroo.autopilot.loop import Watching
from workeroo.errors import Unavailable
from workeroo.facts.deployment import Deployment
from workeroo.probe.collect import running_deployments
from workeroo.probe.databasewatch import database_watch
from workeroo.probe.pulse import Watcher, watcher_of


class Finder:
    """Finds the server: the one that was chosen, later whoever listens on its port.

    Args:
        deployment: the one that was chosen.
        ask_database: whether PostgreSQL is asked too, now and then.
    """

    def __init__(self, deployment: Deployment, *, ask_database: bool = False) -> None:
        self._ask_database = ask_database
        first = self._watcher(deployment)
        self.port = first.port
        self._first: Watcher | None = first

    def __call__(self) -> Watching:
        """A watcher of the server that is there now.

        Raises:
            Unavailable: when there is none.
        """
        if self._first is not None:
            first, self._first = self._first, None
            return first
        for deployment in running_deployments():
            setting = deployment.setting("http_port")
            if setting is not None and setting.value == self.port and deployment.of("master"):
                return self._watcher(deployment)
        raise Unavailable(f"no Odoo with workers listens on port {self.port}")

    def _watcher(self, deployment: Deployment) -> Watcher:
        database = database_watch(deployment) if self._ask_database else None
        return watcher_of(deployment, database=database)

"""What does PostgreSQL say of its connections, while nobody waits for its answer?

It is asked seldom, by a thread of its own: a database that does not answer holds up no look.
"""

from __future__ import annotations

import threading
import time

import msgspec

from workeroo.evidence import Maybe, Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.psql import PULSE_QUESTION, pulsed
from workeroo.facts.pulse import DatabasePulse
from workeroo.probe.deployments import asking_its_database
from workeroo.probe.world import LIVE, Call, World

EVERY_SECONDS = 10.0
"""Starting psql and connecting takes some 20 ms of a core: a five-hundredth of one at this pace."""


class DatabaseWatch:
    """The last answer, with its age; asks anew where it is old."""

    def __init__(self, call: Call | Unknown, every_seconds: float = EVERY_SECONDS) -> None:
        self._call = call
        self._every_seconds = every_seconds
        self._world = World(LIVE)
        self._answer: Maybe[DatabasePulse] = Unknown("PostgreSQL has not answered yet")
        self._asked_seconds = float("-inf")
        self._answered_seconds = 0.0
        self._asking: threading.Thread | None = None

    def __call__(self) -> Maybe[DatabasePulse]:
        """What is known; this never waits."""
        if isinstance(self._call, Unknown):
            return self._call
        now = time.monotonic()
        idle = self._asking is None or not self._asking.is_alive()
        if idle and now - self._asked_seconds >= self._every_seconds:
            self._asked_seconds = now
            self._asking = threading.Thread(target=self._ask, args=(self._call,), daemon=True)
            self._asking.start()
        answer = self._answer
        if isinstance(answer, Unknown):
            return answer
        return msgspec.structs.replace(answer, age_seconds=now - self._answered_seconds)

    def _ask(self, call: Call) -> None:
        text = self._world.run(call)
        self._answer = pulsed(text) if isinstance(text, str) else text
        self._answered_seconds = time.monotonic()


def database_watch(deployment: Deployment) -> DatabaseWatch:
    """A watch of the database of a server that was found."""
    return DatabaseWatch(asking_its_database(deployment, PULSE_QUESTION))

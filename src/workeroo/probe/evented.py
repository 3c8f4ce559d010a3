"""How many connections does the evented process hold: websockets of browsers, mostly?

There may be thousands, and they stay for an hour. So they are counted seldom.
"""

from __future__ import annotations

from workeroo.evidence import Unknown
from workeroo.facts.sockets import tally
from workeroo.probe.paced import Paced
from workeroo.probe.sockdiag import SocketTable

_SHARE = 0.0001
"""Of one core that may go into it."""

_LEAST_SECONDS = 5.0


class EventedPort:
    """The port of an evented process.

    Args:
        table: the sockets of its network.
        port: its own; None where there is none or it is not known.
    """

    def __init__(self, table: SocketTable, port: int | None) -> None:
        self._table = table
        self._port = port
        self._paced = Paced(_SHARE, _LEAST_SECONDS)
        self._connections = 0

    def connections(self, now: float) -> int:
        """As many as were open when they were counted last."""
        if self._port is not None and self._paced.due(now):
            with self._paced.taken(now):
                rows = self._table.rows(self._port)
                if not isinstance(rows, Unknown):
                    self._connections = len(tally(rows, None).served)
        return self._connections

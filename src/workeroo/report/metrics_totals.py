"""What adds up over many looks at a server, so that somebody who asks once a minute misses nothing?

Prometheus asks seldom, and a gauge that it reads is one moment of a minute. A counter of seconds
that workers were busy, divided by time, is the mean over the whole minute.
"""

from __future__ import annotations

import msgspec

from workeroo.autopilot.product import Status
from workeroo.facts.process import Part
from workeroo.facts.pulse import Pulse, between

_LONGEST_GAP_SECONDS = 10.0
"""Between two looks that belong together: a host that slept was not watched meanwhile."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is written out.

    Attributes:
        deployment: which Odoo.
        port: where it answers.
        pulse: the last look; None while the server is not there.
        totals: what added up.
        autopilot: of this server; None where none answers.
    """

    deployment: str
    port: int
    pulse: Pulse | None
    totals: Totals
    autopilot: Status | None = None


class Totals:
    """Counters over the looks at one port, also over restarts of its server.

    Attributes:
        served: connections that were seen being served and have ended.
        started, ended: HTTP workers that came and went.
        restarts: other masters than the one before.
        busy_seconds: of all HTTP workers together.
        waiting_seconds: of all connections that waited together.
        shortage_seconds: somebody waited and no worker was idle.
        cpu_seconds: of all processes together, by part, those that ended included.
    """

    def __init__(self) -> None:
        self.served = 0
        self.started = 0
        self.ended = 0
        self.restarts = 0
        self.busy_seconds = 0.0
        self.waiting_seconds = 0.0
        self.shortage_seconds = 0.0
        self.cpu_seconds: dict[Part, float] = {}
        self._last: Pulse | None = None

    def add(self, pulse: Pulse) -> None:
        """Count what happened since the last look."""
        last, self._last = self._last, pulse
        for part in {worker.part for worker in pulse.workers}:
            self.cpu_seconds.setdefault(part, 0.0)
        if last is None:
            return
        beat = between(last, pulse)
        if beat is None:
            self.restarts += last.at_seconds < pulse.at_seconds
            return
        self.served += max(0, pulse.served - last.served)
        self.started += len(beat.new)
        self.ended += len(beat.gone)
        if beat.seconds <= _LONGEST_GAP_SECONDS:
            self._hold(last, beat.seconds)
        self._use(last, pulse)

    def _hold(self, last: Pulse, seconds: float) -> None:
        """The state of a look counts until the next."""
        self.busy_seconds += last.count("busy") * seconds
        self.waiting_seconds += last.waiting * seconds
        if last.waiting and not last.count("idle"):
            self.shortage_seconds += seconds

    def _use(self, last: Pulse, pulse: Pulse) -> None:
        before = {(w.pid, w.start_ticks): w for w in last.workers}
        for worker in pulse.workers:
            was = before.get((worker.pid, worker.start_ticks))
            # One that was not there has used all of its time since.
            used = worker.cpu_seconds - (was.cpu_seconds if was else 0.0)
            self.cpu_seconds[worker.part] += max(0.0, used)

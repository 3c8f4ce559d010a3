"""Observe, decide, act, note: how does that go on for days, and how does it end?"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from typing import Protocol

import msgspec

from workeroo.autopilot.claim import claimed
from workeroo.autopilot.control import Control
from workeroo.autopilot.corewait import with_core_waits
from workeroo.autopilot.decide import decide, entry
from workeroo.autopilot.hand import Hand
from workeroo.autopilot.journal import Journal
from workeroo.autopilot.moment import this_boot
from workeroo.autopilot.notify import notify
from workeroo.autopilot.place import Place
from workeroo.autopilot.product import Bounds, Entry, Status
from workeroo.autopilot.state import State, told
from workeroo.autopilot.view import View
from workeroo.errors import Unavailable
from workeroo.facts.pulse import Pulse
from workeroo.signalling import may_signal

FIND_SECONDS = 2.0
"""Between two searches for a server that has gone."""


class Watching(Protocol):
    """What looks at one server: `probe.pulse.Watcher`."""

    def look(self) -> Pulse:
        """One look; Unavailable when the server has gone."""
        ...

    def close(self) -> None:
        """Give back its files."""
        ...


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What an autopilot is to do.

    Attributes:
        deployment: its name, as it was found.
        interval_seconds: between two looks.
    """

    deployment: str
    bounds: Bounds
    place: Place
    dry_run: bool = False
    interval_seconds: float = 0.2


class Autopilot:
    """Holds one server, and the next one on its port when that has gone."""

    def __init__(
        self,
        orders: Orders,
        find: Callable[[], Watching],
        environment: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        self.orders = orders
        self.ended = False
        self._find = find
        self._environment = environment
        self._say = say
        self._journal = Journal(orders.place)
        self._state = State()
        self._server: ExitStack | None = None
        self._watcher: Watching | None = None
        self._hand: Hand | None = None
        self._search_seconds = 0.0
        self._last: Entry | None = None
        self._began = time.time()
        self._boot = this_boot()
        self._signals: Counter[str] = Counter()

    def run(self) -> None:
        """Until somebody ends it; Odoo stays as it stands.

        Raises:
            Unavailable: when there is no server at the start, or another autopilot holds it.
            NotPermitted: when this user may not signal it.
        """
        self._meet()
        with closing(Control(self.orders.place.socket, self._answer)) as control:
            self._tell_systemd("READY=1")
            while not self.ended:
                began = time.monotonic()
                self._cycle()
                self._tell_systemd("WATCHDOG=1")
                control.serve(began + self.orders.interval_seconds)
            self._tell_systemd("STOPPING=1")
        self._journal.flush()
        self._leave()

    def _cycle(self) -> None:
        """One look, and what follows from it."""
        try:
            if self._watcher is None:
                self._meet_again()
            if self._watcher is not None:
                self._fly(self._watcher)
        except Unavailable as gone:
            self._leave()
            self._search_seconds = time.monotonic() + FIND_SECONDS
            self._note(_without(self.orders.bounds, self._last, str(gone)))

    def _fly(self, watcher: Watching) -> None:
        """Observe, decide, act, note."""
        bounds = self.orders.bounds
        pulse = with_core_waits(watcher.look())
        self._state, step, noted = decide(self._state, pulse, bounds)
        if step.kind != "hold" and not self.orders.dry_run and self._hand is not None:
            outcome = self._hand.do(step, pulse)
            noted = entry(View(self._state, pulse, bounds), step, outcome)
            self._state = told(self._state, step, outcome, bounds)
            self._signals.update(outcome.signals)
        self._note(noted)

    def _note(self, noted: Entry) -> None:
        at = round(time.time(), 3)
        noted = msgspec.structs.replace(noted, unix_seconds=at, boot=self._boot)
        changed = self._last is None or (noted.kind, noted.rule) != (
            self._last.kind,
            self._last.rule,
        )
        self._last = noted
        self._journal.note(noted)
        if changed or noted.signals:
            self._say(noted.sentence)
            self._tell_systemd(f"STATUS={noted.sentence}")

    # The server

    def _meet(self) -> None:
        """Find the server, claim it, and see whether it may be signalled."""
        with ExitStack() as stack:
            watcher = stack.enter_context(closing(self._find()))
            pulse = watcher.look()
            stack.enter_context(claimed(pulse.master_pid))
            if not self.orders.dry_run:
                may_signal(pulse.master_pid)
            self._watcher, self._hand = watcher, Hand(watcher.look)
            self._server = stack.pop_all()

    def _meet_again(self) -> None:
        if time.monotonic() >= self._search_seconds:
            self._meet()

    def _leave(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = self._watcher = self._hand = None

    # Who asks

    def _answer(self, word: str) -> Status:
        if word in {"pause", "resume"}:
            self._state = msgspec.structs.replace(self._state, paused=word == "pause")
        return Status(
            pid=os.getpid(),
            deployment=self.orders.deployment,
            dry_run=self.orders.dry_run,
            paused=self._state.paused,
            since_unix_seconds=self._began,
            master_pid=self._state.server[0] if self._watcher and self._state.server else None,
            bounds=self.orders.bounds,
            last=self._last,
            signals=dict(self._signals),
            journal=str(self.orders.place.journal),
            trouble=(self._journal.trouble,) if self._journal.trouble else (),
        )

    def _tell_systemd(self, message: str) -> None:
        notify(self._environment, message)


def _without(bounds: Bounds, last: Entry | None, why: str) -> Entry:
    """The entry while there is no server."""
    return Entry(
        at_seconds=time.monotonic(),
        kind="hold",
        rule="no_server",
        sentence=f"seen no server; held: {why}",
        workers=0,
        busy=0,
        idle=0,
        waiting=0,
        cores_busy=last.cores_busy if last else 0.0,
        floor=bounds.floor,
        ceiling=bounds.ceiling,
    )

"""How is a step done on a running server, so that no request is lost and nobody else is hit?

Only three signals are ever sent: SIGTTIN and SIGTTOU to the master, SIGINT to one idle worker. Each
goes through a pidfd after another look, alone, and the next only when its effect was seen.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from workeroo.autopilot.census import present
from workeroo.autopilot.product import Outcome, Step, Victim
from workeroo.autopilot.standing import PROC, standing
from workeroo.autopilot.view import own_bytes
from workeroo.errors import Unavailable
from workeroo.facts.pulse import Pulse, Worker
from workeroo.signalling import signal_process

TAKEN_SECONDS = 1.0
"""For a master to take a signal: it took 3 to 11 ms on the lab's Odoo 19, unless it sits in a
database call."""

COME_SECONDS = 1.0
"""For a new worker to be there: 35 ms, as above."""

LEAVE_SECONDS = 2.0
"""For an idle worker to be gone: 0.13 s with a second SIGINT, as above."""

NUDGE_SECONDS = 0.1
"""After the first SIGINT an idle worker may sleep on for its whole beat of 4 s: its thread wakes
before the handler has run. A second one finds the handler's mark and ends the sleep: seen as 5.1 s
against 0.13 s. A worker that serves a request meanwhile answers it all the same."""

LOOK_SECONDS = 0.02
"""Between two looks while something is awaited."""

Look = Callable[[], Pulse]


class Stopped(Unavailable):
    """A step is not done, or not further: what was seen stands against it."""


class Hand:
    """Does steps on one server.

    Attributes:
        owed: how far the master's number is below that of its workers: SIGTTOU was taken, and no
            worker has left for it yet. The next step down needs no SIGTTOU, the next up pays back.
    """

    def __init__(self, look: Look, proc: Path = PROC) -> None:
        self._look = look
        self._proc = proc
        self._signals: list[str] = []
        self.owed = 0

    def do(self, step: Step, pulse: Pulse) -> Outcome:
        """Do a step that was decided on a pulse.

        Raises:
            NotPermitted: when this user may not signal the server.
            Unavailable: when the server has gone.
        """
        self._signals = []
        deeds = {"grow": self._grow, "shrink": self._shrink, "retire": self._retire}
        why, done, confirmed = "", 0, True
        try:
            done, confirmed = deeds[step.kind](step, pulse)
        except Stopped as stopped:
            why = stopped.what
        if not confirmed:
            why = "the effect is not seen yet"
        return Outcome(
            kind=step.kind,
            at_seconds=self._look().at_seconds,
            signals=tuple(self._signals),
            done=done,
            confirmed=confirmed,
            why=why,
        )

    def _grow(self, step: Step, pulse: Pulse) -> tuple[int, bool]:
        """SIGTTIN for each worker; fewer where nothing waits any more."""
        self._pay_back(pulse)
        for done in range(step.count):
            seen = self._again(pulse)
            if done and not seen.waiting:
                return done, True
            before = _births(seen)
            self._to_master(signal.SIGTTIN, pulse)
            if not self._until(lambda: bool(_births(self._look()) - before), COME_SECONDS):  # noqa: B023 - called at once
                return done, False
        return step.count, True

    def _shrink(self, step: Step, pulse: Pulse) -> tuple[int, bool]:
        """SIGTTOU, then SIGINT to one that is idle; SIGTTIN where nobody is idle any more."""
        seen = self._again(pulse)
        if present(seen) < present(pulse):
            raise Stopped("a worker has gone meanwhile")
        self._idle(seen, step.victim)
        if not self.owed:
            self._to_master(signal.SIGTTOU, pulse)
            self.owed += 1
            if not self._taken(pulse):
                return 0, False
        try:
            leaves = self._idle(self._again(pulse), step.victim)
            gone = self._dismiss(leaves, pulse)
        except Stopped:
            self._pay_back(pulse)
            raise
        if gone:
            self._until(lambda: present(self._look()) < present(seen), TAKEN_SECONDS)
            if present(self._look()) >= present(seen):
                self.owed = 0  # its number was another than it seemed: after a reload it is
                raise Stopped("the master replaced the worker that left")
        self.owed -= 1
        return int(gone), gone

    def _retire(self, step: Step, pulse: Pulse) -> tuple[int, bool]:
        """SIGINT to an idle worker, which the master replaces."""
        seen = self._again(pulse)
        leaves = _named(seen, step.victim)
        if leaves is None or leaves.state != "idle":
            raise Stopped("it is not idle any more")
        gone = self._dismiss(leaves, pulse)
        if not gone:
            return 0, False
        return 1, self._until(lambda: present(self._look()) >= present(seen), COME_SECONDS)

    # The signals

    def _to_master(self, number: signal.Signals, pulse: Pulse) -> None:
        """One signal to the master, if it can take it."""
        reason: list[str] = []

        def is_meant() -> bool:
            now = standing(pulse.master_pid, self._proc)
            if now is None or now.start_ticks != pulse.master_start_ticks:
                reason.append("the master has gone")
            elif not now.handles(number):
                reason.append(f"process {now.pid} has no handler for {number.name}")
            elif now.is_stopped:
                reason.append("the master is stopped by a signal")
            elif now.waits_for_signals:
                reason.append("another signal waits for the master")
            return not reason

        try:
            signal_process(pulse.master_pid, number, is_meant=is_meant)
        except Unavailable as error:
            raise Stopped(reason[0] if reason else error.what) from error
        self._signals.append(number.name)

    def _pay_back(self, pulse: Pulse) -> None:
        """Take back each SIGTTOU for which nobody left."""
        while self.owed:
            self._to_master(signal.SIGTTIN, pulse)
            self.owed -= 1
            if not self._taken(pulse):
                raise Stopped("the master takes no signal")

    def _dismiss(self, worker: Worker, pulse: Pulse) -> bool:
        """SIGINT to a worker that is idle; whether it went."""
        victim = Victim(worker.pid, worker.start_ticks)
        self._interrupt(victim, pulse)
        began = sent = time.monotonic()
        while _named(self._look(), victim) is not None:
            now = time.monotonic()
            if now - began > LEAVE_SECONDS:
                return False
            if now - sent > NUDGE_SECONDS:
                with suppress(Stopped):  # it works: it leaves after that
                    self._interrupt(victim, pulse)
                sent = now
            time.sleep(LOOK_SECONDS)
        return True

    def _interrupt(self, victim: Victim, pulse: Pulse) -> None:
        try:
            signal_process(victim.pid, signal.SIGINT, is_meant=lambda: self._is_idle(victim, pulse))
        except Unavailable as error:
            if _named(self._look(), victim) is None:
                return  # it went between two looks
            raise Stopped(f"process {victim.pid} is not idle any more") from error
        self._signals.append(signal.SIGINT.name)

    def _is_idle(self, victim: Victim, pulse: Pulse) -> bool:
        """Whether a process is still an idle HTTP worker, and the master's child."""
        now = standing(victim.pid, self._proc)
        meant = now is not None and now.parent_pid == pulse.master_pid
        if now is None or not meant or now.start_ticks != victim.start_ticks:
            return False
        worker = _named(self._look(), victim)
        return worker is not None and worker.state == "idle" and now.handles(signal.SIGINT)

    # What is seen

    def _again(self, pulse: Pulse) -> Pulse:
        """Another look, which must be of the same server."""
        seen = self._look()
        if (seen.master_pid, seen.master_start_ticks) != (
            pulse.master_pid,
            pulse.master_start_ticks,
        ):
            raise Stopped("another server has taken its place")
        if seen.master_stopped:
            raise Stopped("the master is stopped by a signal")
        if seen.trouble:
            raise Stopped(seen.trouble[0])
        return seen

    def _idle(self, seen: Pulse, victim: Victim | None) -> Worker:
        """The worker that was named, if it is still idle; else the largest that is."""
        idle = [worker for worker in seen.http if worker.state == "idle"]
        if not idle:
            raise Stopped("no worker is idle any more")
        named = [w for w in idle if victim == Victim(w.pid, w.start_ticks)]
        return named[0] if named else max(idle, key=own_bytes)

    def _taken(self, pulse: Pulse) -> bool:
        """Whether the master took what it was sent and sleeps again, which it does in its loop."""

        def at_rest() -> bool:
            now = standing(pulse.master_pid, self._proc)
            return now is not None and now.is_at_rest

        return self._until(at_rest, TAKEN_SECONDS)

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(LOOK_SECONDS)
        return True


def _births(pulse: Pulse) -> set[tuple[int, int]]:
    return {(w.pid, w.start_ticks) for w in pulse.http if w.state != "ending"}


def _named(pulse: Pulse, victim: Victim | None) -> Worker | None:
    """The live HTTP worker that is meant."""
    return next(
        (w for w in pulse.http if w.state != "ending" and victim == Victim(w.pid, w.start_ticks)),
        None,
    )

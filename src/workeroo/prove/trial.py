"""How does one trial go on, seen from outside the generator?"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

import msgspec

from workeroo.errors import Unavailable
from workeroo.facts.pulse import Pulse
from workeroo.prove.knee.product import Tried, Try
from workeroo.prove.knee.watch import Moment, hopeless
from workeroo.prove.load.drive import run
from workeroo.prove.load.ledger import Glance, Ledger
from workeroo.prove.load.order import Order
from workeroo.prove.load.product import Load, Shot
from workeroo.prove.load.visit import CUT_OFF

LOOK_SECONDS = 0.25
"""Between two looks: a pulse costs some milliseconds, a glance less."""

REST_SECONDS = 15.0
"""The longest that is waited for workers to be idle again after a trial."""

BLIND_REST_SECONDS = 1.0
"""What is waited after a trial that was broken off, where the workers cannot be looked at."""

ENDED = "it was ended by you"


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One trial that is over.

    Attributes:
        asked: what it was to be.
        load: what came of it, in figures.
        tried: every request.
        pulses: the server's workers while it was on, the warm-up left out.
    """

    asked: Try
    load: Load
    tried: Tried
    pulses: list[Pulse]


class Interrupted(Exception):  # noqa: N818 - somebody wanted no more
    """Ctrl-C, with what was seen until then."""

    def __init__(self, done: Done) -> None:
        super().__init__(ENDED)
        self.done = done


class Trying(msgspec.Struct, kw_only=True):
    """One trial.

    Attributes:
        order: for the generator.
        asked: what it is for.
        target_seconds: for p95.
        see: is shown every look.
        watch: looks at the server's workers.
        patient: whether it goes on though it is hopeless.
    """

    order: Order
    asked: Try
    target_seconds: float
    see: Callable[[Glance], None]
    watch: Callable[[], Pulse] | None
    patient: bool
    ledger: Ledger = msgspec.field(default_factory=Ledger)
    pulses: list[Pulse] = []
    came: list[tuple[Load, list[Shot]]] = []
    fault: list[BaseException] = []
    counted: int = 0
    failed: int = 0
    late: list[bool] = []
    gave_up: list[str] = []
    over: threading.Event = msgspec.field(default_factory=threading.Event)

    def done(self) -> Done:
        """Drive it to its end, and until the server is idle again.

        Raises:
            Interrupted: by Ctrl-C.
        """
        began = time.monotonic()
        threading.Thread(target=self._drive, name="load", daemon=True).start()
        interrupted = False
        try:
            self._look_on()
        except KeyboardInterrupt:
            interrupted = True
            self.ledger.stop(ENDED, at_once=True)
            self.over.wait()  # not join(): what interrupts that takes the thread for ended
        if self.fault:
            raise self.fault[0]
        if not interrupted:
            self._rest()
        done = self._over(time.monotonic() - began)
        if interrupted:
            raise Interrupted(done)
        return done

    def _drive(self) -> None:
        try:
            self.came.append(run(self.order, self.ledger))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is seen
            self.fault.append(error)
        finally:
            self.over.set()

    def _look_on(self) -> None:
        while not self.over.wait(LOOK_SECONDS):
            glance = self.ledger.look()
            self.see(glance)
            under_load = self.asked.warm_up_seconds <= glance.at_seconds <= self.asked.seconds
            if not under_load or self.ledger.stopped is not None:
                continue
            self._pulse()
            why = None if self.patient else hopeless(self._moment(glance))
            if why is not None:
                self.gave_up.append(why)
                self.ledger.stop(why)

    def _moment(self, glance: Glance) -> Moment:
        shots = self.ledger.shots
        for shot in itertools.islice(shots, self.counted, len(shots)):
            self.counted += 1
            if not shot.cold:
                failed = shot.failed is not None
                self.failed += failed
                self.late.append(failed or shot.latency_seconds > self.target_seconds)
        per_second = glance.sent / glance.at_seconds if glance.at_seconds else 0.0
        return Moment(
            over=self.late,
            failed=self.failed,
            in_flight=glance.in_flight,
            due_in_target=per_second * self.target_seconds,
        )

    def _pulse(self) -> Pulse | None:
        if self.watch is None:
            return None
        try:
            pulse = self.watch()
        except Unavailable:
            self.watch = None  # the server is gone: its answers tell that
            return None
        self.pulses.append(pulse)
        return pulse

    def _rest(self) -> None:
        """Until nobody is busy: what a trial left must not be in the way of the next."""
        if self.watch is None:
            time.sleep(BLIND_REST_SECONDS if self.ledger.stopped else 0.0)
            return
        until = time.monotonic() + REST_SECONDS
        kept = len(self.pulses)
        while time.monotonic() < until:
            pulse = self._pulse()
            if pulse is None or not (pulse.waiting or pulse.count("busy")):
                break
            time.sleep(LOOK_SECONDS)
        del self.pulses[kept:]

    def _over(self, seconds: float) -> Done:
        load, shots = self.came[0]
        faults = {why: n for why, n in load.failures.items() if why != CUT_OFF}
        shots = [shot for shot in shots if shot.failed != CUT_OFF]  # our doing, not the server's
        doubts = list(load.doubts)
        if load.stopped not in (None, ENDED, *self.gave_up) and not faults:
            doubts.append(f"the load ended before its time: {load.stopped}")  # by its own bounds
        tried = Tried(
            shots=shots,
            seconds=seconds,
            stopped=load.stopped if self.gave_up or faults else None,
            doubts=doubts,
        )
        return Done(asked=self.asked, load=load, tried=tried, pulses=self.pulses)

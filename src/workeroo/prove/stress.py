"""How is a server loaded to find its knee, or to see whether it holds a load?

Each trial is one load of its own, driven in a thread of its own; this one looks on several times a
second, shows what it sees, ends a hopeless trial early, and looks at the server's workers where
they are on this host.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from workeroo.errors import InputError
from workeroo.evidence import Unknown
from workeroo.facts.pulse import Pulse
from workeroo.prove.guard import Allowed
from workeroo.prove.knee.judge import judged
from workeroo.prove.knee.product import Bounds as KneeBounds
from workeroo.prove.knee.product import Knee, Try
from workeroo.prove.knee.search import Search, SearchEnded, search
from workeroo.prove.load.drive import run
from workeroo.prove.load.ledger import Glance
from workeroo.prove.load.order import Bounds, Order, Target, Values, Weighted
from workeroo.prove.load.product import Closed, Open
from workeroo.prove.mix import Mix
from workeroo.prove.stressed import Stressed
from workeroo.prove.telling import Trials, told
from workeroo.prove.trial import ENDED, REST_SECONDS, Done, Interrupted, Trying

THINK_SECONDS = 2.0
"""Of a visit while the knee is looked for. With the minutes that people think, a visit would last
longer than a trial, and its last requests would never be sent."""

LEAST_TIMEOUT_SECONDS, TARGETS_OF_TIMEOUT = 30.0, 10.0
"""A request that waits so long, or so many times the target, has failed."""

WARM_UP_SHARE, MOST_WARM_UP_SECONDS = 0.2, 10.0
"""Of a load that is given: left out of what is judged."""

LOOK_FOR_END_SECONDS = 60.0
"""Beyond the time of a trial, until its last request has its answer or failed."""

MOST_OVERTIME_SECONDS = LOOK_FOR_END_SECONDS + REST_SECONDS
"""The end of the last trial, which may lie beyond the time that was asked for."""

Watch = Callable[[], Pulse]


class Onlooker(Protocol):
    """Somebody who is shown how it goes."""

    def begin(self, asked: Try | Open | Closed, why: str) -> None:
        """A trial begins."""
        ...

    def see(self, glance: Glance) -> None:
        """The last seconds of the trial that goes on."""
        ...


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A stress that is asked for.

    Attributes:
        allowed: the server.
        mix: what visits do.
        bounds: of the search for the knee, and the target of p95.
        hold: one load that is given; None to look for the knee.
        given: what journeys need, a record for each user that there is.
        start_rate: of the search; None to see.
        seed: makes arrivals and choices the same again.
        verify: False to go on with a certificate that a browser refuses.
        watch: looks at the server's workers, or why they cannot be looked at.
    """

    allowed: Allowed
    mix: Mix
    bounds: KneeBounds
    hold: Open | Closed | None = None
    given: tuple[Values, ...] = ({},)
    start_rate: float | None = None
    seed: int = 1
    verify: bool = True
    watch: Watch | Unknown = Unknown("the server is not on this host")


def stress(asked: Asked, onlooker: Onlooker) -> Stressed:
    """Load a server as it was asked for.

    Raises:
        InputError: when a journey cannot be walked even once.
    """
    began = time.monotonic()
    _rehearse(asked)
    trials = _Stress(asked, onlooker).all()
    return told(asked.mix, trials, _frame(asked, time.monotonic() - began))


def _frame(asked: Asked, seconds: float) -> Stressed:
    """What is known without any trial."""
    return Stressed(
        target=asked.allowed.url,
        addresses=list(asked.allowed.addresses),
        outcome="could not tell",
        said="",
        target_seconds=asked.bounds.target_seconds,
        mix=asked.mix.shares,
        left_out=list(asked.mix.left_out),
        leaves=asked.mix.leaves,
        seed=asked.seed,
        seconds=round(seconds, 1),
        binds=asked.watch
        if isinstance(asked.watch, Unknown)
        else Unknown("no load was too much, so nothing ran out"),
    )


def _target(asked: Asked) -> Target:
    return Target(
        url=asked.allowed.url, addresses=asked.allowed.addresses, verify=asked.verify
    )  # fmt: skip


def _rehearse(asked: Asked) -> None:
    """Walk every journey once, without thinking: a load of failures would tell nothing."""
    for weighted in asked.mix.journeys:
        order = Order(
            target=_target(asked),
            shape=Open(trace_seconds=(0.0,)),
            journeys=(_thinking(weighted, 0.0),),
            given=asked.given,
            seed=asked.seed,
        )
        _, shots = run(order)
        failed = next((shot for shot in shots if shot.failed is not None), None)
        if failed is not None:
            raise InputError(
                f"the journey {weighted.journey.name} cannot be walked: {failed.name}: "
                f"{failed.failed}",
                where=asked.allowed.url,
                cure="see whether the page is there, and whether what was given is right",
            )


def _thinking(weighted: Weighted, seconds: float) -> Weighted:
    """A journey with so much time to think at most, spread as before."""
    thought = sum(step.think_seconds for step in weighted.journey.steps)
    if thought <= seconds:
        return weighted
    factor = seconds / thought
    steps = tuple(
        msgspec.structs.replace(step, think_seconds=factor * step.think_seconds)
        for step in weighted.journey.steps
    )
    journey = msgspec.structs.replace(weighted.journey, steps=steps)
    return Weighted(journey=journey, weight=weighted.weight)


class _Stress:
    """The trials of one stress, one after another."""

    def __init__(self, asked: Asked, onlooker: Onlooker) -> None:
        self.asked = asked
        self.onlooker = onlooker
        self.done: list[Done] = []

    def all(self) -> Trials:
        """The load that was given, or as many trials as the search wants."""
        hold = self.asked.hold
        if hold is not None:
            return self._held(hold)
        going = search(self.asked.bounds, self.asked.start_rate)
        knee: Knee | None = None
        asked = next(going)
        while knee is None:
            try:
                done = self._try(asked)
            except Interrupted as broken:
                return Trials(done=[*self.done, broken.done], knee=_end(going), interrupted=True)
            self.done.append(done)
            try:
                asked = going.send(done.tried)
            except StopIteration as end:
                knee = end.value
        return Trials(done=self.done, knee=knee)

    def _try(self, asked: Try) -> Done:
        shape = Open(visits_per_second=asked.rate, seconds=asked.seconds)
        return self._trying(asked, shape, THINK_SECONDS).done()

    def _held(self, shape: Open | Closed) -> Trials:
        seconds = shape.seconds
        if isinstance(shape, Open) and shape.trace_seconds:
            seconds = shape.trace_seconds[-1]
        asked = Try(
            rate=_rate(shape, seconds),
            seconds=seconds,
            warm_up_seconds=min(MOST_WARM_UP_SECONDS, WARM_UP_SHARE * seconds),
            why="to see whether it is held",
        )
        interrupted = False
        try:
            done = self._trying(asked, shape, None).done()
        except Interrupted as broken:
            done, interrupted = broken.done, True
        trial = judged(asked, done.tried, self.asked.bounds.target_seconds)
        return Trials(done=[done], hold=trial, interrupted=interrupted)

    def _trying(self, asked: Try, shape: Open | Closed, think_seconds: float | None) -> Trying:
        target_seconds = self.asked.bounds.target_seconds
        given = self.asked.mix.journeys
        if think_seconds is not None:
            given = tuple(_thinking(one, think_seconds) for one in given)
        order = Order(
            target=_target(self.asked),
            shape=shape,
            journeys=given,
            given=self.asked.given,
            warmup_seconds=asked.warm_up_seconds,
            seed=self.asked.seed + len(self.done),
            bounds=Bounds(
                seconds=asked.seconds + LOOK_FOR_END_SECONDS,
                requests=self.asked.bounds.most_requests,
                timeout_seconds=max(LEAST_TIMEOUT_SECONDS, TARGETS_OF_TIMEOUT * target_seconds),
            ),
        )
        self.onlooker.begin(shape if self.asked.hold else asked, asked.why)
        return Trying(
            order=order,
            asked=asked,
            target_seconds=target_seconds,
            see=self.onlooker.see,
            watch=None if isinstance(self.asked.watch, Unknown) else self.asked.watch,
            patient=self.asked.hold is not None,
        )


def _rate(shape: Open | Closed, seconds: float) -> float:
    """Visits per second, on average; of users, as many as a server without delay would see."""
    if isinstance(shape, Closed):
        return shape.users / shape.think_seconds
    if shape.trace_seconds:
        return len(shape.trace_seconds) / max(seconds, 1.0)
    return shape.visits_per_second


def _end(going: Search) -> Knee:
    try:
        going.throw(SearchEnded(ENDED))
    except StopIteration as end:
        knee: Knee = end.value
        return knee
    raise RuntimeError("a search that is ended asks for no trial")

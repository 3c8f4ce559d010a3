"""What does the autopilot remember from one look to the next?

All of it is one frozen value: `noted` gives the next one from a pulse, `told` from what came of a
step. Time is that of the pulses.
"""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import msgspec

from workeroo.autopilot.census import Census, present
from workeroo.autopilot.product import Bounds, Outcome, Step, Victim
from workeroo.facts.pulse import Beat, Pulse, between

SECOND = 1.0
"""Over so long CPU and demand are averaged: as long as a shortage must last, so that both are
judged on the same time."""

SATURATED_SHARE = 0.9
"""Of the cores: from here on another process mostly waits for a core. PostgreSQL's and the
kernel's share come in steps of a tenth of a second, so that 1.0 is hardly ever seen."""

LONGEST_LOOK_SECONDS = 1.0
"""A longer pause between two looks counts as this much: nobody saw what happened in it."""

ODD_SECONDS = 2.0
"""A worker that ends by itself is replaced within moments; what differs longer is a change."""

JUMP = 2
"""So many workers that nobody here asked for, at once, are a reload or somebody's signals."""

FORGIVING = 4
"""Calm windows in which a penalty fades to a third: our own starting value."""


class Peak(msgspec.Struct, frozen=True):
    """Work at one second: connections in service and waiting, on average over it."""

    at_seconds: float
    demand: float


class Sample(NamedTuple):
    """A value that held for a while."""

    seconds: float
    value: float


class Unconfirmed(msgspec.Struct, frozen=True):
    """A step whose effect was not seen yet."""

    step: Step
    sent_seconds: float
    workers_before: int


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The memory.

    Attributes:
        server: pid and start of the master; None before the first look.
        since_seconds: when this server was first seen.
        previous: the last pulse.
        count: HTTP workers in it.
        expected: how many HTTP workers there should be, by all that is known.
        odd_since_seconds: since when there are more or fewer.
        settling: what somebody else is doing to the server, until the number stands still.
        changed_seconds: when the number last changed while it settled.
        short_seconds, saturated_seconds, pdf_seconds: how long each has lasted, as far as it
            matters; time without it is taken off again, so that one look in between does not
            begin anew.
        short_since_seconds: when the shortage began.
        cores: the host's use of them in the looks of the last second, without that of cron workers,
            who give way to the others.
        own: what the HTTP workers used of them.
        wanted: how many busy HTTP workers ran or waited for a core, in the same looks; empty where
            that was not looked at.
        second_demand, second_seconds: the second that is being averaged.
        peaks: the largest demands by age: each is larger than all that came after it.
        mean_busy: workers in service, over a third of the calm window.
        calm_factor: by which the calm window is stretched: workers were missed.
        grown_seconds, shrunk_seconds, retired_seconds, raised_seconds: when that last happened;
            raised: by somebody else.
        tried_seconds: when a step down last came to nothing.
        unconfirmed: the one step whose effect is awaited.
        paused: somebody asked for it.
    """

    server: tuple[int, int] | None = None
    since_seconds: float = 0.0
    previous: Pulse | None = None
    count: int = 0
    expected: int = 0
    odd_since_seconds: float | None = None
    settling: str | None = None
    changed_seconds: float = -math.inf
    short_seconds: float = 0.0
    short_since_seconds: float = 0.0
    saturated_seconds: float = 0.0
    pdf_seconds: float = 0.0
    cores: tuple[Sample, ...] = ()
    own: tuple[Sample, ...] = ()
    wanted: tuple[Sample, ...] = ()
    second_demand: float = 0.0
    second_seconds: float = 0.0
    peaks: tuple[Peak, ...] = ()
    mean_busy: float = 0.0
    calm_factor: float = 1.0
    grown_seconds: float = -math.inf
    shrunk_seconds: float = -math.inf
    retired_seconds: float = -math.inf
    raised_seconds: float = -math.inf
    tried_seconds: float = -math.inf
    unconfirmed: Unconfirmed | None = None
    paused: bool = False

    @property
    def cores_busy(self) -> float:
        """Over the last second."""
        return _mean(self.cores)

    @property
    def cores_own(self) -> float:
        """Over the last second."""
        return _mean(self.own)

    @property
    def cores_wanted(self) -> float | None:
        """Over the last second; None where that was not looked at."""
        return _mean(self.wanted) if self.wanted else None

    @property
    def down_seconds(self) -> float:
        """When a worker was last sent away, or should have been."""
        return max(self.shrunk_seconds, self.tried_seconds)

    def peak(self, since_seconds: float) -> float:
        """The largest demand since a time."""
        return next((p.demand for p in self.peaks if p.at_seconds >= since_seconds), 0.0)


def calm_window_seconds(state: State, bounds: Bounds) -> float:
    """For how long a worker must not have been needed."""
    windows = bounds.windows
    return min(windows.calm_seconds * state.calm_factor, windows.longest_calm_seconds)


def noted(state: State, pulse: Pulse, counted: Census, bounds: Bounds) -> State:
    """What is remembered after a look, whose workers were counted."""
    server = (pulse.master_pid, pulse.master_start_ticks)
    if state.server != server or state.previous is None:
        return State(
            server=server,
            since_seconds=pulse.at_seconds,
            previous=pulse,
            count=counted.present,
            expected=counted.present,
            paused=state.paused,
        )
    beat = between(state.previous, pulse)
    if beat is None:
        return state
    state = _population(state, pulse, counted.present, bounds)
    return _work(state, Look(pulse, counted, beat), bounds)


def told(state: State, step: Step, outcome: Outcome, bounds: Bounds) -> State:
    """What is remembered after a step."""
    at, before = outcome.at_seconds, state.expected
    changes: dict[str, object] = {}
    if outcome.kind == "grow" and outcome.done:
        missed = at - state.shrunk_seconds < bounds.windows.missed_seconds
        changes = {
            "grown_seconds": at,
            "expected": before + outcome.done,
            "calm_factor": _stretched(state, bounds) if missed else state.calm_factor,
            # Missed once is missed: the next step up of the same shortage does not count again.
            "shrunk_seconds": -math.inf if missed else state.shrunk_seconds,
        }
    if outcome.kind == "shrink" and outcome.done:
        changes = {"shrunk_seconds": at, "expected": before - outcome.done}
    if outcome.kind == "shrink" and not outcome.done:
        changes = {"tried_seconds": at}
    if outcome.kind == "retire" and outcome.done:
        changes = {"retired_seconds": at}
    if not outcome.confirmed:
        changes["unconfirmed"] = Unconfirmed(step, at, before)
    return msgspec.structs.replace(state, odd_since_seconds=None, **changes)


def _stretched(state: State, bounds: Bounds) -> float:
    """Twice the window, as far as the longest one."""
    most = bounds.windows.longest_calm_seconds / bounds.windows.calm_seconds
    return max(1.0, min(state.calm_factor * 2, most))


def _population(state: State, pulse: Pulse, count: int, bounds: Bounds) -> State:
    """Whether there are as many workers as expected, and who changed that."""
    if state.unconfirmed is not None:
        return _awaited(state, state.unconfirmed, pulse, bounds)
    if state.settling is not None:
        return _settled(state, count, pulse.at_seconds, bounds)
    if count == state.expected:
        return state if state.odd_since_seconds is None else _even(state)
    return _unexpected(state, count, pulse.at_seconds)


def _even(state: State) -> State:
    return _replace(state, odd_since_seconds=None)


def _unexpected(state: State, count: int, at_seconds: float) -> State:
    """Somebody else changed the number, or a worker is being replaced."""
    if count >= state.expected + JUMP:
        what = f"{count - state.expected} workers came that were not asked for here"
        times = {"changed_seconds": at_seconds, "raised_seconds": at_seconds}
        return _replace(state, settling=what, odd_since_seconds=None, **times)
    if state.odd_since_seconds is None:
        return _replace(state, odd_since_seconds=at_seconds)
    if at_seconds - state.odd_since_seconds < ODD_SECONDS:
        return state
    raised = at_seconds if count > state.expected else state.raised_seconds
    return _replace(state, expected=count, raised_seconds=raised, odd_since_seconds=None)


def _settled(state: State, count: int, at_seconds: float, bounds: Bounds) -> State:
    if count != state.count:
        return _replace(state, changed_seconds=at_seconds)
    if at_seconds - state.changed_seconds < bounds.windows.settle_seconds:
        return state
    return _replace(state, settling=None, expected=count)


def _awaited(state: State, awaited: Unconfirmed, pulse: Pulse, bounds: Bounds) -> State:
    count, before = present(pulse), awaited.workers_before
    if awaited.step.kind == "grow":
        seen = count > before
    else:
        gone = _is_gone(awaited.step.victim, pulse)
        seen = gone and (awaited.step.kind == "retire" or count < before)
    lost = pulse.at_seconds - awaited.sent_seconds >= bounds.windows.confirm_seconds
    if not seen and not lost:
        return state
    times = {"grow": "grown_seconds", "shrink": "shrunk_seconds", "retire": "retired_seconds"}
    when = {times[awaited.step.kind]: pulse.at_seconds}
    expected = state.expected if awaited.step.kind == "retire" else count
    return _replace(state, unconfirmed=None, expected=expected, odd_since_seconds=None, **when)


def _is_gone(victim: Victim | None, pulse: Pulse) -> bool:
    return victim is None or not any(
        (worker.pid, worker.start_ticks) == (victim.pid, victim.start_ticks)
        and worker.state != "ending"
        for worker in pulse.http
    )


class Look(NamedTuple):
    """A pulse with its workers counted, and what happened since the one before."""

    pulse: Pulse
    counted: Census
    beat: Beat


def _work(state: State, look: Look, bounds: Bounds) -> State:
    """How much there was to do, and for how long."""
    pulse, counted, beat = look
    seconds = min(beat.seconds, LONGEST_LOOK_SECONDS)
    cores = _with(state.cores, Sample(seconds, _yielding(pulse, beat)))
    windows, busy = bounds.windows, counted.busy
    lasts = partial(_lasting, seconds=seconds)
    short = lasts(
        state.short_seconds, goes_on=counted.short, most_seconds=2 * windows.shortage_seconds
    )
    state = _replace(
        state,
        previous=pulse,
        count=counted.present,
        cores=cores,
        own=_with(state.own, Sample(seconds, _own(pulse, beat))),
        wanted=_wanting(state, look, seconds),
        short_seconds=short,
        short_since_seconds=state.short_since_seconds if state.short_seconds else pulse.at_seconds,
        saturated_seconds=lasts(
            state.saturated_seconds,
            goes_on=_mean(cores) >= SATURATED_SHARE * pulse.host.cores,
            most_seconds=windows.saturated_seconds,
        ),
        pdf_seconds=lasts(state.pdf_seconds, goes_on=counted.pdf, most_seconds=windows.pdf_seconds),
        mean_busy=_smoothed(state.mean_busy, busy, seconds / (windows.calm_seconds / 3)),
        calm_factor=_forgiven(state, seconds, bounds),
    )
    return _averaged(state, look, seconds, bounds)


def _averaged(state: State, look: Look, seconds: float, bounds: Bounds) -> State:
    """Add a look to the running second; a second that is full becomes a peak."""
    pulse, counted, _ = look
    demand = state.second_demand + (counted.busy + pulse.waiting) * seconds
    length = state.second_seconds + seconds
    if length < SECOND:
        return _replace(state, second_demand=demand, second_seconds=length)
    peak = Peak(pulse.at_seconds, demand / length)
    oldest = pulse.at_seconds - bounds.windows.longest_calm_seconds
    kept = tuple(p for p in state.peaks if p.demand > peak.demand and p.at_seconds >= oldest)
    return _replace(state, second_demand=0.0, second_seconds=0.0, peaks=(*kept, peak))


def _own(pulse: Pulse, beat: Beat) -> float:
    """Cores that the HTTP workers used."""
    return sum(beat.worker_cores.get(worker.pid, 0.0) for worker in pulse.http)


def _yielding(pulse: Pulse, beat: Beat) -> float:
    """Cores in use, without those of cron workers: Odoo gives them a nice value of 10, so they
    take what the others leave.
    """
    crons = (beat.worker_cores.get(w.pid, 0.0) for w in pulse.workers if w.part == "cron worker")
    return max(0.0, beat.host_cores_busy - sum(crons))


def _wanting(state: State, look: Look, seconds: float) -> tuple[Sample, ...]:
    """How many busy HTTP workers have use for a core, whether they have one or not."""
    if state.previous is None:
        return ()
    before = {(w.pid, w.start_ticks): w.core_wait_seconds for w in state.previous.workers}
    wants = []
    for worker in look.pulse.workers:
        now, was = worker.core_wait_seconds, before.get((worker.pid, worker.start_ticks))
        if isinstance(now, float) and isinstance(was, float):
            waits = max(0.0, now - was) / look.beat.seconds
            wants.append(waits + look.beat.worker_cores.get(worker.pid, 0.0))
    if not wants:
        return ()
    return _with(state.wanted, Sample(seconds, look.counted.busy * sum(wants) / len(wants)))


def _with(samples: tuple[Sample, ...], new: Sample) -> tuple[Sample, ...]:
    """The samples of the last second, with a new one."""
    kept, length = [new], new.seconds
    for sample in reversed(samples):
        if length >= SECOND:
            break
        kept.append(sample)
        length += sample.seconds
    return tuple(reversed(kept))


def _mean(samples: tuple[Sample, ...]) -> float:
    length = sum(sample.seconds for sample in samples)
    return sum(sample.seconds * sample.value for sample in samples) / length if length else 0.0


def _forgiven(state: State, seconds: float, bounds: Bounds) -> float:
    """The penalty fades, so slowly that a day's pattern is still known at its next turn."""
    return _smoothed(state.calm_factor, 1.0, seconds / (FORGIVING * bounds.windows.calm_seconds))


def _lasting(so_far_seconds: float, *, seconds: float, goes_on: bool, most_seconds: float) -> float:
    """How long something lasts: a look without it takes off what a look with it adds.

    What lasted an hour is over as soon as what lasted for `most_seconds`.
    """
    if goes_on:
        return min(so_far_seconds + seconds, most_seconds)
    return max(0.0, so_far_seconds - seconds)


def _smoothed(old: float, new: float, ratio: float) -> float:
    return old + (new - old) * ratio / (1 + ratio)


def _replace(state: State, **changes: object) -> State:
    return msgspec.structs.replace(state, **changes)

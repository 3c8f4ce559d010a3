"""Which rate is tried next, and when is it enough? A search that asks for trials and is told.

`search` is a generator: it yields a `Try`, is sent a `Tried`, and returns the `Knee`. Whoever
drives it sends real requests, or simulates them. First a few short trials, each twice as hard as
the one before, until one misses the target twice; then longer ones where the knee may lie.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable

import msgspec

from workeroo.prove.knee.belief import Belief, believe
from workeroo.prove.knee.judge import counted, judged
from workeroo.prove.knee.product import Bounds, Found, Knee, Trial, Tried, Try

Search = Generator[Try, Tried, Knee]

WARM_RATE, WARM_SECONDS = 2.0, 6.0
"""Before anything counts: a worker's first request loads a registry and compiles pages."""

PROBE_SECONDS, PROBE_REQUESTS = 6.0, 30
"""A short trial: long enough for so many requests, none longer than `LONGEST_SECONDS`."""

FACTOR = 2.0
"""Between two probes."""

LONG_SECONDS, LONG_REQUESTS = 60.0, 400
"""A trial near the knee: queues there grow and shrink over many seconds."""

LONGEST_SECONDS = 150.0

LONG_SHARE = 0.12
"""Of the time that is left, for one trial: a longer one has seen longer queues."""

WARM_UP_SHARE, LEAST_WARM_UP_SECONDS = 0.25, 2.0
"""Of a trial, until the queue is as long as it will be."""

LOOKS = (0.5, 0.35, 0.65)
"""Where the next trial goes: rates below which the knee lies with these probabilities, in turn."""

LEAST_LONG = 3
"""Longer trials before the search may end: short ones only say where to look."""

PILED_UP = 0.98
"""Of the lowest rate that missed: where the knee is taken to be nearer than this, only that one
trial keeps it down."""

SPREAD = 1.5
"""How far beyond what was tried the knee is looked for."""

WEIGHT_WITHIN = 0.95
"""Of the belief, between the ends of the interval: what `CONFIDENCE` takes, as simulations show."""

GRAIN = 0.08
"""What the interval is widened by on either side. A trial begins with an empty queue and ends
before the longest one came, so what is found lies a little high: by 0 to 6 % over the servers of
tests/prove/knee/test_search.py."""

REST_SECONDS = 1.0
"""What a trial's rest is taken to cost before it is known."""


class SearchEnded(Exception):  # noqa: N818 - it is thrown in by who wants no more trials
    """No more trials: what was seen so far is all."""


def search(bounds: Bounds, start_rate: float | None = None) -> Search:
    """Find the knee within some bounds."""
    run = _Run(bounds)
    try:
        rate = yield from run.warm_up(start_rate)
        yield from run.probe(rate)
        yield from run.close_in()
    except SearchEnded as end:
        run.ended = str(end)
    return run.knee()


class _Run:
    """One search: what was tried so far, and what is left to spend."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.trials: list[Trial] = []
        self.seconds = 0.0
        self.requests = 0
        self.ended: str | None = None

    def warm_up(self, start_rate: float | None) -> Generator[Try, Tried, float]:
        """Ask a little, for nobody; gives the rate to begin with: half of what one worker does."""
        rate = min(start_rate or WARM_RATE, self.bounds.most_rate)
        asked = Try(
            rate=rate,
            seconds=WARM_SECONDS,
            warm_up_seconds=0.0,
            why="to warm the server up",
            short=True,
        )
        tried = yield asked
        self._spend(tried)
        late = sorted(one for one in counted(tried.shots).latencies_seconds)
        if start_rate is not None or not late:
            return rate
        a_visit = late[len(late) // 2] * max(1.0, len(late) / (rate * WARM_SECONDS))
        return self._within(0.5 / a_visit if 0 < a_visit < math.inf else rate)

    def probe(self, rate: float) -> Generator[Try, Tried, None]:
        """Double the rate until the target is missed, or halve it until it is held."""
        up: bool | None = None
        while self.ended is None:
            trial = yield from self._probe_once(rate)
            if trial is None:
                return
            missed = trial.outcome == "missed"
            if up is None:
                up = not missed
            if up == missed:
                return
            if up and rate >= self.bounds.most_rate:
                yield from self.hold(rate)
                return
            if not up and rate <= self.bounds.least_rate:
                self.ended = f"no lower rate than {rate:g}/s is tried"
                return
            rate = self._within(rate * FACTOR if up else rate / FACTOR)

    def _probe_once(self, rate: float) -> Generator[Try, Tried, Trial | None]:
        """A short trial; one that misses is tried again, since it may have met cold workers."""
        trial = yield from self._try(rate, "to see whether the knee is near", short=True)
        if trial is None or trial.outcome != "missed":
            return trial
        return (yield from self._again(trial, "the same again, workers are warm now", short=True))

    def _again(self, first: Trial, why: str, *, short: bool) -> Generator[Try, Tried, Trial | None]:
        """A second trial at the rate of one that missed; where it does not, the first is void."""
        again = yield from self._try(first.rate, why, short=short)
        if again is not None and again.outcome != "missed":
            place = self.trials.index(first)
            self.trials[place] = msgspec.structs.replace(first, repeated=True)
        return again

    def _piled_up(self, best: float) -> Trial | None:
        """The lowest rate that missed, where all says that the knee lies right below it.

        Somebody else may have been at work when it was tried, and nothing above is ever tried
        again: so it is worth a second trial, once.
        """
        missed = [trial for trial in _told(self.trials) if trial.outcome == "missed"]
        lowest = min(missed, key=lambda trial: trial.rate, default=None)
        if lowest is None or best < PILED_UP * lowest.rate:
            return None
        return lowest if [trial.rate for trial in missed].count(lowest.rate) == 1 else None

    def hold(self, rate: float) -> Generator[Try, Tried, None]:
        """A long trial at the highest rate; where that holds, the knee lies above."""
        trial = yield from self._try(rate, "to see whether the highest rate is held", short=False)
        if trial is not None and trial.outcome != "missed":
            self.ended = f"no higher rate than {rate:g}/s is tried"

    def close_in(self) -> Generator[Try, Tried, None]:
        """Try rates where the knee may lie, until it is known well enough."""
        turn = 0
        while self.ended is None:
            belief = self._belief()
            low, high = belief.interval(WEIGHT_WITHIN)
            best = belief.quantile(0.5)
            doubtful = self._piled_up(best) if turn >= LEAST_LONG else None
            if doubtful is not None:
                yield from self._again(doubtful, "the same again: it stands alone", short=False)
                continue
            if turn >= LEAST_LONG and max(best / low, high / best) <= 1 + self.bounds.close_enough:
                self.ended = "the knee is known closely enough"
                return
            rate = self._within(belief.quantile(LOOKS[turn % len(LOOKS)]))
            yield from self._try(rate, "to come closer to the knee", short=False)
            turn += 1

    def _try(self, rate: float, why: str, *, short: bool) -> Generator[Try, Tried, Trial | None]:
        least, requests = (
            (PROBE_SECONDS, PROBE_REQUESTS) if short else (LONG_SECONDS, LONG_REQUESTS)
        )
        seconds = min(LONGEST_SECONDS, max(least, requests / rate))
        if not short:
            left = self.bounds.total_seconds - self.seconds
            seconds = max(min(LONGEST_SECONDS, LONG_SHARE * left), seconds)
        if not self._may(rate, seconds):
            return None
        cold = max(LEAST_WARM_UP_SECONDS, WARM_UP_SHARE * seconds)
        asked = Try(rate=rate, seconds=seconds + cold, warm_up_seconds=cold, why=why, short=short)
        tried = yield asked
        self._spend(tried)
        trial = judged(asked, tried, self.bounds.target_seconds)
        self.trials.append(trial)
        return trial

    def _may(self, rate: float, seconds: float) -> bool:
        """Whether one more trial is within the bounds; else says why the search ends."""
        bounds = self.bounds
        if self.seconds + seconds * (1 + WARM_UP_SHARE) + REST_SECONDS > bounds.total_seconds:
            self.ended = f"the time is over ({bounds.total_seconds:g} s)"
        elif len(self.trials) >= bounds.most_trials:
            self.ended = f"{bounds.most_trials} trials were made"
        elif self.requests + rate * seconds > bounds.most_requests:
            self.ended = f"{bounds.most_requests} requests were sent"
        return self.ended is None

    def _spend(self, tried: Tried) -> None:
        self.seconds += tried.seconds
        self.requests += len(tried.shots)

    def _within(self, rate: float) -> float:
        return min(self.bounds.most_rate, max(self.bounds.least_rate, rate))

    def _belief(self) -> Belief:
        rates = [trial.rate for trial in self.trials]
        return believe(self.trials, min(rates) / SPREAD, max(rates) * SPREAD)

    def knee(self) -> Knee:
        """What all of it says."""
        found = self._found()
        rate: float | None = None
        low: float | None = None
        high: float | None = None
        if found == "found":
            belief = self._belief()
            low, high = belief.interval(WEIGHT_WITHIN)
            rate = belief.quantile(0.5)
            low, high = low / (1 + GRAIN), min(high * (1 + GRAIN), self._ceiling())
        elif found == "above":
            low = max(trial.rate for trial in self.trials if trial.outcome == "held")
        elif found == "below":
            high = self._ceiling()
        return Knee(
            found=found,
            rate=rate,
            low_rate=low,
            high_rate=high,
            target_seconds=self.bounds.target_seconds,
            trials=self.trials,
            seconds=self.seconds,
            ended=self.ended or "the search was over",
        )

    def _ceiling(self) -> float:
        """The lowest rate that clearly missed the target."""
        return min(trial.rate for trial in _told(self.trials) if trial.outcome == "missed")

    def _found(self) -> Found:
        outcomes = {trial.outcome for trial in _told(self.trials)}
        if "missed" not in outcomes:
            return "above" if "held" in outcomes else "could not tell"
        return "found" if outcomes - {"missed"} else "below"


def _told(trials: Iterable[Trial]) -> list[Trial]:
    """Those that count."""
    return [trial for trial in trials if not trial.repeated]

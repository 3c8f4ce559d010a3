"""What do the trials of a stress come to?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from workeroo.evidence import Maybe
from workeroo.prove.binding import Seen, binding
from workeroo.prove.knee.product import Knee, Trial
from workeroo.prove.load.product import Closed, Load
from workeroo.prove.mix import Mix
from workeroo.prove.stressed import Binding, Outcome, Stressed
from workeroo.prove.trial import Done
from workeroo.units import format_count, format_seconds


class Trials(msgspec.Struct, frozen=True, kw_only=True):
    """All that was tried.

    Attributes:
        done: the trials, also the one that warmed the server up.
        knee: what the search says.
        hold: the load that was given, judged.
        interrupted: whether it was ended before its time.
    """

    done: Sequence[Done]
    knee: Knee | None = None
    hold: Trial | None = None
    interrupted: bool = False


def told(mix: Mix, trials: Trials, frame: Stressed) -> Stressed:
    """The result."""
    best = _best(trials)
    binds = _binds(trials, frame.binds)
    outcome, said = _verdict(trials, frame.target_seconds, binds)
    return msgspec.structs.replace(
        frame,
        outcome=outcome,
        said=said,
        requests_per_visit=_requests_per_visit(mix, trials),
        knee=trials.knee,
        hold=trials.hold,
        load=best,
        binds=binds,
        failures=_failures(trials),
        doubts=list(dict.fromkeys(d for done in trials.done for d in done.tried.doubts)),
        interrupted=trials.interrupted,
    )


def _best(trials: Trials) -> Load | None:
    """The load that was given; or the highest long one that did not miss the target."""
    if trials.knee is None:
        return trials.done[0].load if trials.done else None
    fine = {trial.rate for trial in trials.knee.trials if trial.outcome != "missed"}
    rated = [d for d in trials.done if d.asked.rate in fine and not d.asked.short]
    rated = rated or [d for d in trials.done if d.asked.rate in fine]
    return max(rated, key=lambda done: done.asked.rate).load if rated else None


def _binds(trials: Trials, otherwise: Maybe[Binding]) -> Maybe[Binding]:
    """By the lowest rate that was too much, or by the load that was given."""
    if trials.knee is None:
        too_much = list(trials.done) if trials.hold and trials.hold.outcome == "missed" else []
    else:
        missed = [t for t in trials.knee.trials if t.outcome == "missed" and not t.repeated]
        rates = sorted(trial.rate for trial in missed)
        too_much = [d for rate in rates for d in trials.done if d.asked.rate == rate]
    if not too_much:
        return otherwise
    looked = [done for done in too_much if done.pulses]
    if not looked and not too_much[0].tried.doubts:
        return otherwise
    enough = max(looked[:2] or too_much[:1], key=lambda done: len(done.pulses))
    seen = Seen(
        pulses=enough.pulses,
        doubts=_generator_doubts(enough),
        failures=enough.load.failures,
    )
    return binding(seen)


BUSY_GENERATOR = 0.8
"""Of one core: a generator below it that was late was starved, by the server for the most part."""


def _generator_doubts(done: Done) -> list[str]:
    return done.tried.doubts if done.load.generator_cpu_share > BUSY_GENERATOR else []


def _failures(trials: Trials) -> dict[str, int]:
    """Over all trials, the most frequent first."""
    reasons = [shot.failed for done in trials.done for shot in done.tried.shots if shot.failed]
    return dict(Counter(reasons).most_common())


def _requests_per_visit(mix: Mix, trials: Trials) -> float | None:
    firsts = {(one.journey.name, one.journey.steps[0].name) for one in mix.journeys}
    shots = [shot for done in trials.done for shot in done.tried.shots]
    visits = sum((shot.journey, shot.name) in firsts for shot in shots)
    return round(len(shots) / visits, 2) if visits else None


def _verdict(trials: Trials, target_seconds: float, binds: Maybe[Binding]) -> tuple[Outcome, str]:
    if trials.knee is not None:
        outcome, said = _of_knee(trials.knee)
    elif trials.hold is not None:
        outcome, said = _of_hold(trials.hold, trials.done[0], target_seconds)
    else:
        outcome, said = "could not tell", "nothing was tried"
    if isinstance(binds, Binding) and binds.what == "generator":
        return "could not tell", f"{said}; but the load generator was at its own end"
    return outcome, said


def _of_knee(knee: Knee) -> tuple[Outcome, str]:
    within = f"p95 within {format_seconds(knee.target_seconds)} and no request failed"
    if knee.found == "found" and knee.rate is not None:
        return "found", (
            f"the knee is at {rate(knee.rate)}: up to there {within}; "
            f"with {knee.confidence:.0%} confidence it lies between {number(knee.low_rate)} "
            f"and {number(knee.high_rate)}"
        )
    if knee.found == "above":
        return "could not tell", f"the knee is above {rate(knee.low_rate)}: {within} there"
    if knee.found == "below":
        return "missed", (
            f"no rate is held: at {rate(knee.high_rate)} p95 was over "
            f"{format_seconds(knee.target_seconds)} or requests failed"
        )
    return "could not tell", f"the knee was not found: {knee.ended}"


def _of_hold(trial: Trial, done: Done, target_seconds: float) -> tuple[Outcome, str]:
    shape = done.load.shape
    asked = format_count(shape.users, "user") if isinstance(shape, Closed) else rate(trial.rate)
    p95 = format_seconds(trial.p95_seconds) if trial.p95_seconds is not None else "none"
    seen = (
        f"{asked}: p95 {p95} of {format_count(trial.requests, 'request')}, {trial.failed} failed, "
        f"{trial.share_over:.1%} over {format_seconds(target_seconds)}"
    )
    if trial.outcome == "held":
        return "held", seen
    if trial.outcome == "missed":
        return "missed", seen
    return "could not tell", f"{seen}: too few to be sure, go on longer with --seconds"


def rate(visits_per_second: float | None) -> str:
    """As in: 8.4 visits/s."""
    return f"{number(visits_per_second)} visits/s"


def number(value: float | None) -> str:
    """At most three figures."""
    return "?" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"  # noqa: PLR2004 - three figures

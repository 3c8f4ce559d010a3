"""How is a stress told to people? Before, while it goes on, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.evidence import Unknown
from workeroo.prove.knee.product import Knee, Trial, Try
from workeroo.prove.load.ledger import Glance
from workeroo.prove.load.product import Closed, Load, Open
from workeroo.prove.stress import MOST_OVERTIME_SECONDS, Asked
from workeroo.prove.stressed import Binding, Stressed
from workeroo.prove.telling import number, rate
from workeroo.report.audit_text import plain
from workeroo.report.paint import Paint
from workeroo.units import format_count, format_seconds

HEADS = {
    "found": "Knee found",
    "held": "Held",
    "missed": "Target missed",
    "could not tell": "Could not tell",
}
COLOURS = {"missed": "error", "could not tell": "warning"}

WIDE = 1.3
"""An interval whose ends are so many times apart is worth more time."""

MOST_REQUESTS_SHOWN = 20
"""Of the table by request: the slowest first."""


def beforehand(asked: Asked) -> str:
    """What is about to be done, and how it ends, before anything is sent."""
    allowed, bounds = asked.allowed, asked.bounds
    lines = [f"Loads {allowed.url} ({', '.join(allowed.addresses)}): {allowed.why}."]
    if asked.hold is None:
        lines.append(
            f"Looks for the knee: at most {format_seconds(bounds.total_seconds)} "
            f"(+ {format_seconds(MOST_OVERTIME_SECONDS)} for the end of the last trial) and "
            f"{bounds.most_requests} requests; Ctrl-C ends it with what was seen."
        )
    else:
        lines.append(
            f"{shape_text(asked.hold)} (+ at most {format_seconds(MOST_OVERTIME_SECONDS)} for its "
            f"end), at most {bounds.most_requests} requests; Ctrl-C ends it with what was seen."
        )
    lines += [f"It leaves on the server, by {each}." for each in asked.mix.leaves]
    lines += [f"Left out: {each}." for each in asked.mix.left_out]
    return "\n".join(lines)


def shape_text(shape: Open | Closed) -> str:
    """A load that is given, in words."""
    if isinstance(shape, Closed):
        return (
            f"{format_count(shape.users, 'user')} who think {format_seconds(shape.think_seconds)}"
            f" for {format_seconds(shape.seconds)}"
        )
    if shape.trace_seconds:
        until = format_seconds(shape.trace_seconds[-1])
        return f"{format_count(len(shape.trace_seconds), 'visit')} of a trace in {until}"
    return f"{rate(shape.visits_per_second)} for {format_seconds(shape.seconds)}"


def trial_line(asked: Try | Open | Closed, why: str) -> str:
    """A trial that begins."""
    if isinstance(asked, Try):
        return f"{rate(asked.rate)} for {format_seconds(asked.seconds)}, {why}"
    return f"{shape_text(asked)}, {why}"


def glance_lines(glance: Glance) -> list[str]:
    """The last seconds of a load."""
    p50, p95 = _seconds(glance.p50_seconds), _seconds(glance.p95_seconds)
    line = (
        f"{glance.at_seconds:4.0f} s  {number(glance.answered_per_second):>5} answers/s  "
        f"{glance.in_flight:4} in flight  p50 {p50:>6}  p95 {p95:>6}  {glance.failed} failed"
    )
    return [line]


def stress_text(stressed: Stressed, paint: Paint) -> str:
    """What came of it: the outcome first, what binds, the trials, the requests."""
    parts = [_outcome(stressed, paint), _binds(stressed, paint)]
    parts.append("\n".join(_mix(stressed, paint)))
    trials = stressed.knee.trials if stressed.knee else [stressed.hold] if stressed.hold else []
    if stressed.knee is not None:
        parts.append("\n".join([paint.bold("Trials"), *_trials(trials)]))
        parts.append(paint.wrap(_ended(stressed.knee), "  "))
    if stressed.load is not None:
        parts.append("\n".join(_requests(stressed.load, paint)))
    parts.append("\n".join(_notes(stressed, paint)))
    return "\n\n".join(part for part in parts if part)


def _outcome(stressed: Stressed, paint: Paint) -> str:
    text = f"{HEADS[stressed.outcome]}: {plain(stressed.target)}."
    colour = COLOURS.get(stressed.outcome)
    head = paint.severity(colour, text) if colour else paint.good(text)
    said = plain(stressed.said)
    return f"{head}\n{paint.wrap(said[:1].upper() + said[1:] + '.', '  ')}"


def _binds(stressed: Stressed, paint: Paint) -> str:
    binds = stressed.binds
    if isinstance(binds, Unknown):
        return paint.wrap(f"What binds first could not be told: {plain(binds.reason)}.", "  ")
    assert isinstance(binds, Binding)  # noqa: S101 - for the type checker
    lines = [paint.bold(f"What binds first: {binds.what}")]
    lines += [paint.wrap(plain(one.text), "  ") for one in binds.evidence]
    lines.append(paint.wrap(binds.cure, "  ", "> "))
    return "\n".join(lines)


def _mix(stressed: Stressed, paint: Paint) -> Iterator[str]:
    yield paint.bold("Visits")
    for one in stressed.mix:
        yield paint.wrap(
            f"{one.share:4.0%}  {plain(one.journey)}: {plain(one.does)}", "        ", "  "
        )
    if stressed.requests_per_visit is not None:
        yield f"  {number(stressed.requests_per_visit)} requests a visit"


def _trials(trials: list[Trial]) -> Iterator[str]:
    yield "  visits/s  requests  failed    p50      p95      over   outcome"
    for trial in trials:
        outcome = f"{trial.outcome}: {trial.stopped}" if trial.stopped else trial.outcome
        again = "; set aside, the same again went otherwise" if trial.repeated else ""
        yield (
            f"  {number(trial.rate):>8}  {trial.requests:8}  {trial.failed:6}  "
            f"{_seconds(trial.p50_seconds):>7}  {_seconds(trial.p95_seconds):>7}  "
            f"{trial.share_over:6.1%}  {outcome}{again}"
        )


def _ended(knee: Knee) -> str:
    text = f"It ended because {knee.ended}."
    wide = knee.low_rate and knee.high_rate and knee.high_rate > WIDE * knee.low_rate
    return f"{text} More time, with --seconds, tells the knee more closely." if wide else text


def _requests(load: Load, paint: Paint) -> Iterator[str]:
    yield paint.bold(f"Requests of the load held last: {shape_text(load.shape)}")
    yield "    count  failed    p50      p95      p99    request"
    slowest = sorted(load.by_request.items(), key=lambda one: -(one[1].p95_seconds or 0.0))
    for name, times in [("all", load.all_requests), *slowest[:MOST_REQUESTS_SHOWN]]:
        yield (
            f"  {times.count:7}  {times.failed:6}  {_seconds(times.p50_seconds):>7}  "
            f"{_seconds(times.p95_seconds):>7}  {_seconds(times.p99_seconds):>7}  {plain(name)}"
        )


def _notes(stressed: Stressed, paint: Paint) -> Iterator[str]:
    if stressed.interrupted:
        yield paint.wrap("It was ended before its time: this is what was seen until then.", "  ")
    for reason, count in stressed.failures.items():
        yield paint.wrap(f"{format_count(count, 'request')} failed: {plain(reason)}.", "  ")
    for doubt in stressed.doubts:
        yield paint.wrap(f"Doubt: {plain(doubt)}.", "  ")
    for left in stressed.leaves:
        yield paint.wrap(f"It left on the server, by {plain(left)}.", "  ")


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else format_seconds(seconds)

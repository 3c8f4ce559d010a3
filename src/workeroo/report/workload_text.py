"""How is a workload told to people: how much, when, of what kind, on how many workers?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone

from workeroo.report.audit_text import plain
from workeroo.report.paint import Paint
from workeroo.units import format_seconds
from workeroo.workload.profile import Hour, Profile, RequestClass, Times

MOST_CLASSES = 8
MOST_JOBS = 5
"""Rows of a table; all of them are in the JSON."""

BARS = "▁▂▃▄▅▆▇█"
_LEAST_HOURS = 3
"""Fewer hours are no curve."""

_SECONDS_PER_HOUR = 3600

_TELLING = 200
"""Requests of an hour below which its rate and bursts say nothing."""


def workload_text(profile: Profile, paint: Paint) -> str:
    """The workload as text."""
    parts = []
    if profile.requests:
        parts.append("\n".join(_summary(profile, paint)))
        if len(profile.hours) >= _LEAST_HOURS:
            parts.append("\n".join(_curves(profile.hours, paint)))
        parts.append("\n".join(_classes(profile.classes, paint)))
    if profile.cron:
        parts.append("\n".join(_cron(profile.cron, paint)))
    return "\n\n".join(parts)


def _summary(profile: Profile, paint: Paint) -> Iterator[str]:
    head = f"The work: {profile.requests:,} requests"
    yield paint.bold(head) + f", {_errors(profile.errors)}."
    peak = next((hour for hour in profile.hours if hour.hour == profile.peak_hour), None)
    if peak is not None:
        text = f"Peak hour: {_hour(peak.hour)} UTC, {peak.requests:,} requests"
        yield paint.wrap(f"{text}{_rate(peak)}{_burstiness(peak)}.", "  ")
    yield from (paint.wrap(text, "  ") for text in _workers(profile))


def _errors(errors: int) -> str:
    return f"{errors:,} of them answered with an error" if errors else "none with an error"


def _rate(hour: Hour) -> str:
    if hour.requests >= _SECONDS_PER_HOUR:
        return f" ({hour.requests / _SECONDS_PER_HOUR:.1f} a second)"
    return f" ({hour.requests / 60:.0f} a minute)" if hour.requests >= _TELLING else ""


def _burstiness(hour: Hour) -> str:
    """Said only where it matters: users alone come about as evenly as chance has it (1)."""
    calm = hour.arrivals_variance <= 2 * hour.arrivals_mean
    if calm or hour.arrivals_mean <= 0 or hour.requests < _TELLING:
        return ""
    return f", in bursts ({hour.arrivals_variance / hour.arrivals_mean:.1f} times chance)"


def _workers(profile: Profile) -> Iterator[str]:
    at_once = profile.concurrency
    of = f" of {at_once.workers}" if at_once.workers else ""
    full = ""
    if at_once.workers:
        seconds = at_once.saturated_seconds
        full = f"; all of them for {format_seconds(seconds)} in all" if seconds else "; never all"
    yield f"Busy workers: at most {at_once.max_busy:.1f}{of} at a time{full}."
    lives = profile.lifetimes
    if lives.began or lives.ended:
        each = ""
        if lives.requests_per_life is not None:
            each = f", after {lives.requests_per_life:.0f} requests each on average"
        yield f"Workers: {lives.began:,} began, {lives.ended:,} ended{each}."


def _curves(hours: list[Hour], paint: Paint) -> Iterator[str]:
    """Requests and busy workers over the time, one column for so many hours."""
    label = "  busy workers "
    room = min(paint.width, 80) - len(label) - len(" max 1,000,000")
    first, last = hours[0].hour, hours[-1].hour
    per_column = -(-(last - first + 1) // room)
    rows: list[tuple[str, Callable[[Hour], float], str]] = [
        ("requests", lambda hour: hour.requests, ",.0f"),
        ("busy workers", lambda hour: hour.busy_seconds / _SECONDS_PER_HOUR, ".1f"),
    ]
    each = "each hour" if per_column == 1 else f"every {per_column} hours"
    yield paint.dim(f"  {each}, on average, from {_hour(first)} to {_hour(last)} UTC")
    for name, value, layout in rows:
        columns = _columns(hours, per_column, value)
        most = max(columns)
        yield f"  {name:12} {_bars(columns, most)} max {most:{layout}}"


def _columns(hours: list[Hour], per_column: int, value: Callable[[Hour], float]) -> list[float]:
    """The mean of so many hours each; an hour without a line counts as nothing."""
    first = hours[0].hour
    columns = [0.0] * ((hours[-1].hour - first) // per_column + 1)
    for hour in hours:
        columns[(hour.hour - first) // per_column] += value(hour) / per_column
    return columns


def _bars(columns: list[float], most: float) -> str:
    if most <= 0:
        return " " * len(columns)
    steps = (min(int(value / most * len(BARS)), len(BARS) - 1) for value in columns)
    return "".join(BARS[n] if value > 0 else " " for n, value in zip(steps, columns, strict=True))


def _classes(classes: list[RequestClass], paint: Paint) -> Iterator[str]:
    """What takes most of the workers' time."""
    busiest = sorted(classes, key=lambda one: (-one.service.sum_seconds, -one.count))
    in_all = sum(one.service.sum_seconds for one in classes)
    name_width = max(paint.width, 60) - 46
    heads = ("requests", "errors", "p50", "p95", "SQL", "of time")
    yield paint.dim(f"  {'what takes the time':{name_width}}" + _cells(heads))
    for one in busiest[:MOST_CLASSES]:
        took = one.service
        cells = (
            f"{one.count:,}",
            f"{one.errors:,}",
            *_quantiles(took, 0.5, 0.95),
            _share(one.sql.sum_seconds, took.sum_seconds),
            _share(took.sum_seconds, in_all),
        )
        yield f"  {_fitted(one.name, name_width)}{_cells(cells)}"
    if len(classes) > MOST_CLASSES:
        yield paint.dim(f"  and {len(classes) - MOST_CLASSES} more kinds, in the JSON")


def _cron(cron: dict[str, Times], paint: Paint) -> Iterator[str]:
    longest = sorted(cron.items(), key=lambda job: -job[1].sum_seconds)
    name_width = max(paint.width, 60) - 38
    yield paint.dim(f"  {'scheduled actions':{name_width}}" + _cells(("runs", "p50", "max", "sum")))
    for name, took in longest[:MOST_JOBS]:
        most, in_all = format_seconds(took.max_seconds), format_seconds(took.sum_seconds)
        cells = (f"{took.count:,}", *_quantiles(took, 0.5), most, in_all)
        yield f"  {_fitted(name, name_width)}{_cells(cells)}"
    if len(longest) > MOST_JOBS:
        yield paint.dim(f"  and {len(longest) - MOST_JOBS} more, in the JSON")


_CELL_WIDTHS = {6: (9, 7, 7, 7, 6, 8), 4: (9, 8, 9, 10)}


def _cells(texts: tuple[str, ...]) -> str:
    widths = _CELL_WIDTHS[len(texts)]
    return "".join(f"{text:>{width}}" for text, width in zip(texts, widths, strict=True))


def _quantiles(times: Times, *shares: float) -> tuple[str, ...]:
    return tuple(format_seconds(times.quantile(s)) if times.count else "-" for s in shares)


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole > 0 else "-"


def _fitted(text: str, width: int) -> str:
    shown = plain(" ".join(text.split()))
    return f"{shown if len(shown) <= width else f'{shown[: width - 3]}...':{width}}"


def _hour(hour: int) -> str:
    return f"{datetime.fromtimestamp(hour * _SECONDS_PER_HOUR, timezone.utc):%Y-%m-%d %H:00}"

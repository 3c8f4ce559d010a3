"""How is an incident told: when, how often, and by which lines of the log?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from workeroo.workload.product import Confidence, Incident, Severity
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Event, Sighting

MOST_LINES = 5
"""Lines of evidence with an incident: enough to believe it, short enough to read."""

_LAST_LINES = 2
_LATEST = 253402300799.0  # the end of the year 9999, beyond which no date is written


def moment(at: float) -> str:
    """A Unix time as ISO 8601 in UTC, to the second; 1970 where no line near tells the time."""
    return _date(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def times(count: int) -> str:
    """How often, in words: "once", "2 times"."""
    return "once" if count == 1 else f"{count} times"


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(min(max(at, 0.0), _LATEST), tz=timezone.utc)


def line_of(event: Event, needle: str = "") -> str:
    """An event as one line: as in the log, with the line of its traceback that has the needle.

    Without a needle it is the reason that the event tells, if it tells one.
    """
    needle = needle or event.values.get("reason", "")
    below = ""
    if needle and needle not in event.text:
        below = next((text.strip() for text in event.tail if needle in text), "")
    if not event.level:
        return below or event.text
    when = _date(event.at)
    stamp = f"{when:%Y-%m-%d %H:%M:%S},{when.microsecond // 1000:03}"
    line = f"{stamp} {event.pid} {event.level} {event.database} {event.logger}: {event.text}"
    return f"{line.rstrip()} ... {below}" if below else line.rstrip()


def evidence_of(events: Sequence[Event], needle: str = "") -> list[str]:
    """The first and the last few of some events as lines, none twice."""
    lines = list(dict.fromkeys(line_of(event, needle) for event in events))
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[: MOST_LINES - _LAST_LINES], *lines[-_LAST_LINES:]]


def tell(
    rule: IncidentRule,
    events: Sequence[Event],
    *,
    title: str,
    count: int | None = None,
    span: tuple[float, float] | None = None,
    severity: Severity | None = None,
    confidence: Confidence = "high",
    cause: str | None = None,
    cure: str | None = None,
    needle: str = "",
    evidence: list[str] | None = None,
) -> Incident:
    """An incident of a rule.

    Args:
        rule: whose severity, cause and cure hold where nothing else is given.
        events: what it stands on; from them come evidence, count and span if they are not given.
        title: with its numbers.
        count: how often.
        span: Unix times of the first and the last one.
        severity: where it is not the rule's usual one.
        confidence: high where the server's own line says it.
        cause: where it is known better than in general.
        cure: likewise.
        needle: part of the line in a traceback that tells it.
        evidence: lines for people, at most `MOST_LINES`.
    """
    times = [event.at for event in events] or [0.0]
    first, last = span or (min(times), max(times))
    lines = evidence_of(events, needle) if evidence is None else evidence
    return Incident(
        id=rule.id,
        severity=severity or rule.severity,
        confidence=confidence,
        title=title,
        count=len(events) if count is None else count,
        first=moment(first),
        last=moment(last),
        evidence=lines[:MOST_LINES],
        cause=cause or rule.cause,
        cure=cure or rule.cure,
    )


def tell_sighting(
    rule: IncidentRule,
    sighting: Sighting,
    *,
    title: str,
    severity: Severity | None = None,
    confidence: Confidence = "high",
    cause: str | None = None,
    cure: str | None = None,
    needle: str = "",
) -> Incident:
    """An incident that is all events of one kind, also those that were not kept whole."""
    return tell(
        rule,
        sighting.events,
        title=title,
        count=sighting.count,
        span=(sighting.first, sighting.last),
        severity=severity,
        confidence=confidence,
        cause=cause,
        cure=cure,
        needle=needle,
    )


def most_in_an_hour(sighting: Sighting) -> int:
    """How many events of a kind came in the hour with the most of them."""
    return max(sighting.per_hour.values(), default=0)


def commonest(sighting: Sighting, name: str) -> str | None:
    """The value that a named group had most often; None where it never had one."""
    counts = sighting.values.get(name, {})
    return max(counts, key=lambda value: counts[value], default=None)

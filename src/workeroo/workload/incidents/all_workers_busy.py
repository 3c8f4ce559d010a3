"""Were there times when no worker was free?"""

from __future__ import annotations

from workeroo.units import format_seconds
from workeroo.workload.mode import proof_of_threaded
from workeroo.workload.product import Incident, Severity
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import MOST_LINES, moment, tell

NOTE_SECONDS = 10
"""Below this, a burst passed: nobody waited for longer than a page takes anyway."""

WARNING_SECONDS = 60
"""Users notice a minute in which each of them waits."""

ERROR_SHARE = 0.02
"""Of the hours with requests: busy for as much as this, it is the normal state at the peak."""

_HOUR_SECONDS = 3600


def judge(story: Story, profile: Profile) -> Incident | None:
    """By the seconds in which the request lines fill every worker."""
    busy = profile.concurrency
    if busy.workers is None or busy.saturated_seconds < NOTE_SECONDS:
        return None
    if proof_of_threaded(story, profile)[0]:
        return None
    full = [hour for hour in profile.hours if hour.busiest_second_busy >= busy.workers - 0.1]
    open_seconds = max(sum(1 for hour in profile.hours if hour.requests) * _HOUR_SECONDS, 1)
    severity: Severity = "note"
    if busy.saturated_seconds >= WARNING_SECONDS:
        share = busy.saturated_seconds / open_seconds
        severity = "error" if share >= ERROR_SHARE else "warning"
    first = full[0].hour * _HOUR_SECONDS if full else profile.first or 0.0
    last = full[-1].hour * _HOUR_SECONDS if full else profile.last or 0.0
    worst = sorted(full, key=lambda hour: -hour.busy_seconds)[:MOST_LINES]
    workers = "the one worker" if busy.workers == 1 else f"all {busy.workers} workers"
    return tell(
        RULE,
        [],
        title=f"{workers} busy at once for {format_seconds(busy.saturated_seconds)} in all",
        count=max(len(full), 1),
        span=(float(first), float(last)),
        severity=severity,
        confidence="high" if story.count("worker-alive") else "medium",
        evidence=[
            f"{moment(float(hour.hour * _HOUR_SECONDS))} and the hour after: {hour.requests} "
            f"requests, {hour.busy_seconds:.0f} s of work for {workers}, "
            f"{hour.busiest_second_busy:.1f} busy in the busiest second"
            for hour in worst
        ],
    )


RULE = IncidentRule(
    id="all-workers-busy",
    title="No worker was free",
    severity="warning",
    cause="More requests came than workers could serve; the others wait in the kernel's queue, "
    "which Odoo's log does not show. The count is the hours in which it happened.",
    cure="More workers, as far as cores and memory reach (`workeroo plan`, then `workeroo apply`; "
    "`workeroo audit --explain workers-below-cores`); where workers wait for something outside, "
    "shorten that first.",
    judge=judge,
)

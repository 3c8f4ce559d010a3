"""Were workers killed because a request took too long, and which one was it?"""

from __future__ import annotations

from workeroo.units import format_count
from workeroo.workload.kills import Kill, dump_of, dumped_line, holder, kills
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import MOST_LINES, line_of, tell

MOST_TOLD = 2
"""Kills whose holder is told: each has a line of evidence of its own, and they repeat."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """Each HTTP worker that the master killed, with what its last words tell."""
    found = [kill for kill in kills(story, profile) if not kill.cron]
    if not found:
        return None
    if all(kill.limit_seconds == 0 for kill in found):
        return _at_once(story, found)
    count = _count(story, len(found))
    limits = sorted({kill.limit_seconds for kill in found})
    after = " or ".join(f"{limit} s" for limit in limits[:MOST_TOLD])
    return tell(
        RULE,
        [kill.event for kill in found],
        title=f"{format_count(count, 'worker')} killed after {after} without a sign of life "
        "(limit_time_real)",
        count=count,
        cause=" ".join([RULE.cause, *_told(story, found)]),
        evidence=_evidence(story, found),
    )


def _at_once(story: Story, found: list[Kill]) -> Incident:
    """limit_time_real = 0: no worker lives for a second."""
    count = _count(story, len(found))
    return tell(
        RULE,
        [kill.event for kill in found],
        title=f"{format_count(count, 'worker')} killed as soon as born (limit_time_real = 0)",
        count=count,
        cause="limit_time_real = 0 does not mean no limit: the master takes every worker for one "
        "that hangs, and the server answers nobody.",
        cure="Set limit_time_real to what a page may take (`workeroo plan`, then "
        "`workeroo apply`; `workeroo audit --explain time-limit-zero`).",
    )


def _count(story: Story, kept: int) -> int:
    """All kills of HTTP workers, also those that were not kept whole."""
    sighting = story.of("worker-timeout")
    parts = sighting.values.get("part", {}) if sighting else {}
    return max(kept, sum(n for part, n in parts.items() if part != "WorkerCron"))


def _told(story: Story, found: list[Kill]) -> list[str]:
    """What held the first workers of which something is known; else of the first one."""
    known = [k for k in found if k.event.last_seen or dump_of(story, k.pid, k.event.at, 0.0)]
    best = sorted(known or found[:1], key=lambda kill: not kill.wrote_in_its_work)
    return [holder(story, kill) for kill in best[:MOST_TOLD]]


def _evidence(story: Story, found: list[Kill]) -> list[str]:
    """The master's lines, each behind the last line of the worker that it killed."""
    lines: list[str] = []
    for kill in found:
        dump = dump_of(story, kill.pid, kill.event.at, float(kill.limit_seconds))
        if dump is not None:
            lines.append(dumped_line(dump))
        elif kill.last_line:
            lines.append(kill.last_line)
        lines.append(line_of(kill.event))
        if len(lines) >= MOST_LINES:
            break
    return lines


RULE = IncidentRule(
    id="worker-time-limit",
    title="A request held a worker longer than limit_time_real",
    severity="error",
    cause="A request held its worker for limit_time_real seconds, so the master killed it; the "
    "user lost the request and saw an error from the proxy.",
    cure="Make that request shorter or move its work to a scheduled action; if it must take so "
    "long, raise limit_time_real (`workeroo plan`, then `workeroo apply`; "
    "`workeroo audit --explain time-limits-order`). kill -QUIT of a slow worker writes into the "
    "log what it is doing.",
    judge=judge,
)

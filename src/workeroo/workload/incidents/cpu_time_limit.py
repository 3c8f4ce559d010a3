"""Did workers exit because one piece of work burnt too much CPU?"""

from __future__ import annotations

from workeroo.workload.kills import came_after, job_events, open_job
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Event, Story
from workeroo.workload.telling import tell_sighting, times


def judge(story: Story, profile: Profile) -> Incident | None:
    """By the worker's line, or where the log level hides it, by its traceback."""
    del profile
    told = max(
        (s for kind in ("cpu-limit", "cpu-limit-traceback") if (s := story.of(kind)) is not None),
        key=lambda sighting: sighting.count,
        default=None,
    )
    if told is None:
        return None
    limits = sorted(told.values.get("limit", {}))
    if limits == ["0"]:
        return tell_sighting(
            RULE,
            told,
            title=f"workers exit at their first second of CPU (limit_time_cpu = 0), "
            f"{times(told.count)}",
            cause="limit_time_cpu = 0 does not mean no limit: each worker exits within about a "
            "second of CPU.",
            cure=ZERO_CURE,
        )
    after = f" after {' or '.join(limits)} s of CPU" if limits else ""
    begun = job_events(story)
    jobs = sorted({job for e in told.events if (job := open_job(begun, e.pid, e.at)) is not None})
    return tell_sighting(
        RULE,
        told,
        title=f"a worker exited in the middle of its work{after}, {times(told.count)}",
        cause=" ".join([RULE.cause, _held_by(jobs, told.events)]),
        cure=JOBS_CURE if jobs else None,
        needle="CPU time limit exceeded",
    )


def _held_by(jobs: list[str], events: list[Event]) -> str:
    """What the workers did, as far as the log tells."""
    if jobs:
        return f"It was the scheduled action {', '.join(map(repr, jobs[:3]))}."
    before = next((event.last_seen[1] for event in events if event.last_seen is not None), "")
    if before:
        return f"One was {came_after(before)}; what is cut off leaves no line of its own."
    return "The log does not name the request: one that is cut off leaves no line."


ZERO_CURE = (
    "Set limit_time_cpu to what a request may burn (`workeroo plan`, then `workeroo apply`; "
    "`workeroo audit --explain cpu-limit-zero`)."
)

JOBS_CURE = (
    "Let the scheduled action do its work in smaller steps; if it must burn so much, raise "
    "limit_time_cpu for a backend of its own (`workeroo plan --split`; "
    "`workeroo audit --explain cron-cpu-limit`). limit_time_real_cron alone does not help."
)

RULE = IncidentRule(
    id="cpu-time-limit",
    title="A worker burnt limit_time_cpu seconds in one piece of work",
    severity="error",
    cause="One request or scheduled action burnt limit_time_cpu seconds of CPU. The whole worker "
    "exits, and the client's connection drops without an answer.",
    cure="Make that work cheaper; if it must burn so much, raise limit_time_cpu, and "
    "limit_time_real above it (`workeroo plan`; `workeroo audit --explain time-limits-order`).",
    judge=judge,
)

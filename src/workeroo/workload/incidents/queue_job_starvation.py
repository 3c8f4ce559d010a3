"""Do queued jobs and users take the workers from each other?"""

from __future__ import annotations

from workeroo.units import format_seconds
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile, RequestClass
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import MOST_LINES, line_of, tell, tell_sighting

MANY_RESETS = 10
"""Now and then a job meets a second without a free worker, and its next turn comes soon."""

MOST_OF_THE_TIME = 0.5
"""Jobs that take this share of all workers' time leave users the smaller half."""

SATURATED_SECONDS = 60
"""As in all-workers-busy: below a minute nobody was starved."""

RUNJOB = "/queue_job/runjob"


def judge(story: Story, profile: Profile) -> Incident | None:
    """Jobs that no worker took, or jobs that took the workers."""
    told = story.of("queue-job-reset")
    if told is not None:
        return tell_sighting(
            RULE,
            told,
            title=f"{told.count} queued jobs found no free worker within a second",
            severity="warning" if told.count >= MANY_RESETS else "note",
        )
    jobs = [one for one in profile.classes if RUNJOB in one.name]
    return _users_starve(story, profile, jobs)


def _users_starve(story: Story, profile: Profile, jobs: list[RequestClass]) -> Incident | None:
    """Jobs hold most of the workers' time, and there were times without a free worker."""
    busy = sum(one.service.sum_seconds for one in profile.classes)
    held = sum(one.service.sum_seconds for one in jobs)
    full = profile.concurrency.saturated_seconds
    if not busy or held / busy < MOST_OF_THE_TIME or full < SATURATED_SECONDS:
        return None
    count = sum(one.count for one in jobs)
    asked = story.events("queue-job-asked")
    return tell(
        RULE,
        asked,
        title=f"queued jobs took {held / busy:.0%} of the workers' time, and no worker was free "
        f"for {format_seconds(full)}",
        count=count,
        span=(profile.first or 0.0, profile.last or 0.0),
        confidence="medium",
        evidence=[line_of(event) for event in asked[:MOST_LINES]],
    )


RULE = IncidentRule(
    id="queue-job-starvation",
    title="Queued jobs and users take workers from each other",
    severity="warning",
    cause="queue_job runs its jobs as requests on the same workers as the users; its channels "
    "(root:N) allow as many at once as there are workers, or more.",
    cure="Keep the channels of queue_job below the number of workers, with workers left for users; "
    "or give the jobs a backend of their own (`workeroo plan --split`).",
    judge=judge,
)

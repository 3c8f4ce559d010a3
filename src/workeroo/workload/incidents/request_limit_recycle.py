"""Are workers replaced after a number of requests that is too small?"""

from __future__ import annotations

from workeroo.units import format_count
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import most_in_an_hour, tell_sighting

TINY_QUOTA = 100
"""One user makes so many requests in some minutes: a worker's first slow ones are never far."""

LARGE_QUOTA = 1000
"""From here on the cost of a new worker is spread thin, however often; Odoo's own default is 8192,
and 65536 since 17."""

OFTEN_IN_AN_HOUR = 12
"""At one in five minutes the new workers' first slow requests show."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """Recycles at a tiny quota, or at a small one in quick succession."""
    del profile
    told = story.of("request-limit")
    if told is None:
        return None
    quota = min((int(n) for n in told.values["requests"] if n.isdecimal()), default=LARGE_QUOTA)
    often = most_in_an_hour(told) >= OFTEN_IN_AN_HOUR
    if quota >= LARGE_QUOTA or (quota >= TINY_QUOTA and not often):
        return None
    return tell_sighting(
        RULE,
        told,
        title=f"{told.count} workers replaced after {format_count(quota, 'request')} each",
        severity="error" if quota == 0 else "warning",
        cause=NOTHING_SERVED if quota == 0 else None,
    )


NOTHING_SERVED = (
    "limit_request = 0 does not mean no limit: each worker leaves before it serves anything."
)

RULE = IncidentRule(
    id="request-limit-recycle",
    title="Workers replaced after few requests",
    severity="warning",
    cause="limit_request is the number of requests in a worker's life; with a small one, workers "
    "spend their time with being replaced.",
    cure="Raise limit_request to the default of the series or more (`workeroo plan`, then "
    "`workeroo apply`; `workeroo audit --explain request-limit-zero` for what 0 does).",
    judge=judge,
)

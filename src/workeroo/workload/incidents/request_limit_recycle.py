"""Are workers replaced after a number of requests that is too small?"""

from __future__ import annotations

from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import most_in_an_hour, tell_sighting

SMALL_QUOTA = 1000
"""Odoo's own default is 8192, and 65536 since 17: a tenth of the former is a setting by mistake."""

OFTEN_IN_AN_HOUR = 12
"""At one in five minutes the new workers' first slow requests show; below, the quota does what it
is for and nothing went wrong."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """Recycles at a small quota, or at any in quick succession."""
    del profile
    told = story.of("request-limit")
    if told is None:
        return None
    quotas = [int(n) for n in told.values.get("requests", {}) if n.isdecimal()]
    quota = min(quotas, default=SMALL_QUOTA)
    small = quota < SMALL_QUOTA
    if not small and most_in_an_hour(told) < OFTEN_IN_AN_HOUR:
        return None
    return tell_sighting(
        RULE,
        told,
        title=f"{told.count} workers replaced after {quota} requests each (limit_request)",
        severity="error" if quota == 0 else "warning" if small else "note",
        cause="limit_request = 0 does not mean no limit: each worker leaves before it serves "
        "anything."
        if quota == 0
        else None,
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

"""Does a threaded server (workers = 0) serve real users?"""

from __future__ import annotations

from workeroo.workload.mode import LIMITS, proof_of_threaded
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import tell, times


def judge(story: Story, profile: Profile) -> Incident | None:
    """Only by the lines that prove it; worse where a limit restarts the whole server."""
    lines, sure = proof_of_threaded(story, profile)
    if not lines:
        return None
    hits = sum(story.count(kind) for kind in LIMITS)
    limits = story.events(*LIMITS)
    if hits:
        return tell(
            RULE,
            limits,
            title=f"a threaded server (workers = 0) met a limit {times(hits)}: each restarts "
            "all of it",
            count=hits,
            severity="error",
        )
    return tell(
        RULE,
        lines,
        title="the server is threaded (workers = 0): one core serves everybody",
        confidence="high" if sure else "medium",
    )


RULE = IncidentRule(
    id="threaded-mode",
    title="A threaded server",
    severity="warning",
    cause="With workers = 0 one process serves all requests in threads: Python runs one of them at "
    "a time, on one core, and a limit that one request meets restarts the server for all.",
    cure="Set workers (`workeroo plan`, then `workeroo apply`; "
    "`workeroo audit --explain threaded-mode`).",
    judge=judge,
)

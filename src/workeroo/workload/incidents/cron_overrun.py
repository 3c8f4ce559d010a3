"""Were scheduled actions killed because they took too long?"""

from __future__ import annotations

from workeroo.workload.incidents.cron_kill_loop import SAFE_SECONDS
from workeroo.workload.kills import Kill, holder, kills
from workeroo.workload.product import Confidence, Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import MOST_LINES, line_of, tell, times

MOST_NAMES = 3


def judge(story: Story, profile: Profile) -> Incident | None:
    """Killed cron workers with work begun; and those that Odoo itself gave up."""
    given_up = story.events("cron-timed-out")
    killed = [kill for kill in kills(story, profile) if kill.cron and _at_work(kill)]
    if not given_up and not killed:
        return None
    names = [kill.job for kill in killed] + [event.values.get("job") for event in given_up]
    jobs = sorted({name for name in names if name is not None})
    named = ", ".join(map(repr, jobs[:MOST_NAMES])) or "a scheduled action"
    sure: Confidence = "high" if jobs else "medium"
    unnamed = [holder(story, kill) for kill in killed[:1] if kill.job is None]
    return tell(
        RULE,
        sorted([*given_up, *(kill.event for kill in killed)], key=lambda event: event.at),
        title=f"{named} killed {times(len(killed) or len(given_up))} for taking too long",
        count=len(killed) or len(given_up),
        confidence=sure,
        cause=" ".join([RULE.cause, *unnamed]),
        evidence=_evidence(killed) or [line_of(event) for event in given_up[:MOST_LINES]],
    )


def _at_work(kill: Kill) -> bool:
    """Whether a cron worker had work: its own lines say so, or its sleep is shorter than that."""
    return not kill.idle or kill.limit_seconds >= SAFE_SECONDS


def _evidence(killed: list[Kill]) -> list[str]:
    """The master's lines, each behind the last line of the worker that it killed."""
    lines: list[str] = []
    for kill in killed:
        lines += [text for text in (kill.last_line, line_of(kill.event)) if text]
    return lines[:MOST_LINES]


RULE = IncidentRule(
    id="cron-overrun",
    title="Scheduled actions killed for taking too long",
    severity="error",
    cause="A cron worker may take limit_time_real_cron seconds (limit_time_real where that is -1) "
    "for all jobs of one database that are due; then it is killed and the job begins anew.",
    cure="Let the scheduled action work in smaller steps and commit between them; or raise "
    "limit_time_real_cron and limit_time_cpu, best on a backend of its own "
    "(`workeroo plan --split`; `workeroo audit --explain cron-cpu-limit`).",
    judge=judge,
)

"""Was the disk full?"""

from __future__ import annotations

from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import commonest, tell_sighting, times


def judge(story: Story, profile: Profile) -> Incident | None:
    """By the system's own words."""
    del profile
    told = story.of("disk-full")
    if told is None:
        return None
    path = commonest(told, "path")
    where = f" at {path}" if path else ""
    quota = any("quota" in text for event in told.events for text in [event.text, *event.tail])
    return tell_sighting(
        RULE,
        told,
        title=f"no space was left on the disk{where}, {times(told.count)}",
        needle="Disk quota exceeded" if quota else "No space left on device",
    )


RULE = IncidentRule(
    id="disk-full",
    title="The disk is full",
    severity="error",
    cause="Sessions, the filestore, logs, /tmp or PostgreSQL filled the disk; what is written then "
    "is lost, and the log itself may miss lines.",
    cure="Make room (df -h tells where), rotate the log, and move data_dir or PostgreSQL to a disk "
    "of their own.",
    judge=judge,
)

"""What went wrong in a log, the worst first?"""

from __future__ import annotations

from workeroo.workload.incidents import INCIDENT_RULES
from workeroo.workload.product import Confidence, Diagnosis, Incident, Severity, Source
from workeroo.workload.profile import Profile
from workeroo.workload.story import Story

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")


def diagnose(story: Story, profile: Profile, source: Source) -> Diagnosis:
    """Ask every rule; the same log gives the same diagnosis, in the same order.

    Args:
        story: the known lines.
        profile: the requests.
        source: what was read.
    """
    found = [rule.judge(story, profile) for rule in INCIDENT_RULES.values()]
    incidents = sorted((one for one in found if one is not None), key=_rank)
    return Diagnosis(source=source, incidents=incidents, workload=profile)


def _rank(incident: Incident) -> tuple[int, int, int, str]:
    """The worst first, of these the surest, of these the most frequent."""
    return (
        SEVERITIES.index(incident.severity),
        CONFIDENCES.index(incident.confidence),
        -incident.count,
        incident.id,
    )

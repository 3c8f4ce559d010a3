"""Did the kernel kill processes because the host or the container was out of memory?"""

from __future__ import annotations

from workeroo.units import KIB, format_bytes
from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import commonest, tell_sighting, times

KINDS = ("oom-killed", "oom-constraint", "oom-unit", "oom-result")
"""The kernel says it twice and systemd twice more: the kind with the most lines counts them."""

IN_A_CONTAINER = "CONSTRAINT_MEMCG"


def judge(story: Story, profile: Profile) -> Incident | None:
    """By the kernel's or systemd's own line."""
    del profile
    told = max(
        (found for kind in KINDS if (found := story.of(kind)) is not None),
        key=lambda sighting: sighting.count,
        default=None,
    )
    if told is None:
        return None
    program = commonest(told, "program") or commonest(told, "unit") or "a process"
    constraint = story.of("oom-constraint")
    inside = constraint is not None and IN_A_CONTAINER in constraint.values.get("constraint", {})
    where = "its container (cgroup)" if inside else "the host"
    sizes = [int(rss) for rss in told.values.get("rss_kib", {}) if rss.isdecimal()]
    size = f" with up to {format_bytes(max(sizes) * KIB)}" if sizes else ""
    return tell_sighting(
        RULE,
        told,
        title=f"the kernel killed {program}{size} {times(told.count)}: out of memory",
        cause=RULE.cause.replace("the host or its container", where),
    )


RULE = IncidentRule(
    id="oom-kill",
    title="The kernel killed a process for want of memory",
    severity="error",
    cause="All processes together wanted more memory than the host or its container has; the "
    "limits of Odoo are per process and did not prevent it.",
    cure="Fewer workers, or more memory: `workeroo plan` decides workers and limits for the memory "
    "that is there, `workeroo audit --explain workers-beyond-memory` shows the sum.",
    judge=judge,
)

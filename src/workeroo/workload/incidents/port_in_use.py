"""Did a process fail because another one has its port?"""

from __future__ import annotations

from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import commonest, tell_sighting, times


def judge(story: Story, profile: Profile) -> Incident | None:
    """By the system's own words."""
    del profile
    told = story.of("port-in-use")
    if told is None:
        return None
    port = commonest(told, "port") or _port_before(story, told.events[0].pid)
    which = f"port {port}" if port else "its port"
    return tell_sighting(
        RULE,
        told,
        title=f"a process found {which} in use, {times(told.count)}",
        needle="Address already in use",
    )


def _port_before(story: Story, pid: int) -> str | None:
    """The port that the same process said it would listen on."""
    for event in story.events("http-running", "evented-running"):
        address = event.values.get("address", "")
        if event.pid == pid and address:
            return address.rpartition(":")[2]
    return None


RULE = IncidentRule(
    id="port-in-use",
    title="The port belongs to another process",
    severity="error",
    cause="Another process listens on the port: a second Odoo, or one that did not end. An evented "
    "process that fails so is started again for ever.",
    cure="Find who has it (ss -ltnp) and stop it, or set http_port and gevent_port to ports of "
    "their own (`workeroo audit --explain port-clash`).",
    judge=judge,
)

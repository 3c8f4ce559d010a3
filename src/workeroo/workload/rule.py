"""What is a rule of diagnosis? An id, and a function from the story of a log to an incident."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from workeroo.workload.product import Incident, Severity
from workeroo.workload.profile import Profile
from workeroo.workload.story import Story


class IncidentRule(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of incident: one file in `workload/incidents/` with a `RULE`.

    Attributes:
        id: as in the JSON contract: "cron-kill-loop".
        title: what it is, in half a line.
        severity: of most of them; an incident may be better or worse.
        cause: what usually is behind it, in one or two sentences; an incident may know more.
        cure: which setting, and which command of ours.
        judge: the incident, or None where the log tells of none. An absent incident is absent:
            a rule that is not sure says so by its confidence or keeps quiet.
    """

    id: str
    title: str
    severity: Severity
    cause: str
    cure: str
    judge: Callable[[Story, Profile], Incident | None]

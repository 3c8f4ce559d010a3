"""Is a fresh process above its soft limit already?"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from workeroo.checks.asking import cited, is_live, is_prefork, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.process import Part
from workeroo.facts.snapshot import Facts
from workeroo.model.memory import FRESH_WORKER_VMS_BYTES, leanest
from workeroo.units import format_bytes

ID = "soft-limit-below-worker"

NEARLY_PERCENT = 85
"""Of the soft limit, from which a fresh worker has little left to grow: an assumption, and hence a
warning of medium confidence."""

ROOM = 2
"""Times the live size to advise: a worker may double before it is replaced."""


class Measure(msgspec.Struct, frozen=True):
    """The least virtual memory of a part, and the limit that it is held to."""

    part: Part
    option: str
    vms_bytes: int
    limit_bytes: int
    evidence: Evidence


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Live processes by their virtual memory; without them, the size of a small database's."""
    del facts
    if not is_prefork(deployment):
        return
    measures = _live(deployment) if is_live(deployment) else _assumed(deployment)
    for measure in measures:
        if measure.vms_bytes >= measure.limit_bytes:
            yield _storm(deployment, measure)
        elif 100 * measure.vms_bytes >= NEARLY_PERCENT * measure.limit_bytes:
            yield _nearly(deployment, measure)


def _live(deployment: Deployment) -> Iterable[Measure]:
    parts: tuple[Part, ...] = ("http worker", "evented")
    for part in parts:
        option = _option(deployment, part)
        limit = number(deployment, option)
        least = leanest(deployment.processes, [part])
        if limit and least is not None:
            size = least.vms_bytes
            text = (
                f"the leanest {part} (pid {least.pid}) has {format_bytes(size)} of virtual memory"
            )
            evidence = Evidence("measured", text, f"/proc/{least.pid}/statm")
            yield Measure(part, option, size, limit, evidence)


def _option(deployment: Deployment, part: Part) -> str:
    """The limit that holds for a part: the evented process may have its own."""
    own = "limit_memory_soft_gevent"
    return own if part == "evented" and number(deployment, own) else "limit_memory_soft"


def _assumed(deployment: Deployment) -> Iterable[Measure]:
    limit = number(deployment, "limit_memory_soft")
    if limit:
        text = f"a worker starts at about {format_bytes(FRESH_WORKER_VMS_BYTES)} of virtual memory"
        evidence = Evidence("assumed", text, "measured on Odoo 19, a small database")
        part: Part = "http worker"
        yield Measure(part, "limit_memory_soft", FRESH_WORKER_VMS_BYTES, limit, evidence)


def _storm(deployment: Deployment, measure: Measure) -> Finding:
    limit, live = format_bytes(measure.limit_bytes), format_bytes(measure.vms_bytes)
    fate = "drops all sockets and starts anew" if measure.part == "evented" else "is replaced"
    when = "again and again" if measure.part == "evented" else "after every request"
    return Finding(
        rule=ID,
        severity="error",
        confidence="high" if is_live(deployment) else "medium",
        title=f"{measure.option} = {limit} is below what a {measure.part} starts with ({live}): it "
        f"{fate} {when}",
        evidence=[measure.evidence, cited(deployment, measure.option)],
        cure=_cure(measure),
        deployment=deployment.name,
        where=where(deployment, measure.option),
    )


def _nearly(deployment: Deployment, measure: Measure) -> Finding:
    limit, live = format_bytes(measure.limit_bytes), format_bytes(measure.vms_bytes)
    return Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"every {measure.part} is near {measure.option} = {limit} (the leanest has {live})",
        evidence=[measure.evidence, cited(deployment, measure.option)],
        cure=_cure(measure),
        deployment=deployment.name,
        where=where(deployment, measure.option),
    )


def _cure(measure: Measure) -> str:
    soft = ROOM * measure.vms_bytes
    return f"set {measure.option} = {soft} and the hard limit to {soft * 5 // 4}"


RULE = Rule(id=ID, title="Soft limit below a fresh worker", severity="error", check=check)

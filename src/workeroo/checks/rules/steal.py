"""Does the hypervisor take the processor away?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import host_of
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "steal"

NOTICEABLE_PERCENT = 5.0
"""Of all time since the host started: an assumption."""

HEAVY_PERCENT = 10.0
"""Each tenth second of computing goes to somebody else."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Steal since the host started."""
    del deployment
    host = host_of(facts)
    if host is None or not is_known(host.steal_percent):
        return
    steal = host.steal_percent
    if steal < NOTICEABLE_PERCENT:
        return
    yield Finding(
        rule=ID,
        severity="warning" if steal >= HEAVY_PERCENT else "note",
        confidence="medium",
        title=f"the hypervisor took {steal:g} % of the processor time away",
        evidence=[Evidence("measured", f"steal {steal:g} % since boot", "/proc/stat")],
        cure="ask the hosting provider, or take a machine with cores of its own",
    )


RULE = Rule(id=ID, title="Processor time stolen", severity="warning", check=check, about="host")

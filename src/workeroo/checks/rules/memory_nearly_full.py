"""Is there memory left?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import host_of
from workeroo.checks.product import CouldNotTell, Finding, Rule, Verdict
from workeroo.evidence import Evidence, Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Memory
from workeroo.facts.snapshot import Facts
from workeroo.units import format_bytes

ID = "memory-nearly-full"

LITTLE_PERCENT = 10
"""Of the usable memory. earlyoom, by default, begins to end processes here where swap is short."""

NOTHING_PERCENT = 5
"""Here it kills them, by default."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """What is available, of what may be used."""
    host = host_of(facts)
    if host is None or host.memory.declared:
        return
    available = host.memory.available_bytes
    if isinstance(available, Unknown):
        reason = f"available memory: {available.reason}"
        yield CouldNotTell(rule=ID, reason=reason, deployment=deployment.name)
    elif 100 * available < LITTLE_PERCENT * host.memory.usable_bytes:
        yield _finding(host.memory, available)


def _finding(memory: Memory, available: int) -> Finding:
    usable = memory.usable_bytes
    return Finding(
        rule=ID,
        severity="error" if 100 * available < NOTHING_PERCENT * usable else "warning",
        confidence="high",
        title=f"{format_bytes(available)} of {format_bytes(usable)} memory left",
        evidence=[
            Evidence("measured", f"{format_bytes(available)} available", "/proc/meminfo, cgroup"),
            memory.evidence,
        ],
        cure="run fewer workers, or give the host more memory",
    )


RULE = Rule(id=ID, title="Memory nearly full", severity="warning", check=check, about="host")

"""Do processes wait for memory?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import host_of
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Pressure
from workeroo.facts.snapshot import Facts

ID = "memory-pressure"

SOME_PERCENT = 5.0
"""Of the last minute: one second in twenty that somebody waited. An assumption."""

FULL_PERCENT = 5.0
"""Of the last minute in which nobody at all could work. systemd-oomd acts at 60."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """The kernel's own measure of waiting."""
    del deployment
    host = host_of(facts)
    if host is None or not isinstance(host.pressure, Pressure):
        return
    pressure = host.pressure
    if pressure.memory_some_percent < SOME_PERCENT and pressure.memory_full_percent < FULL_PERCENT:
        return
    some, full = pressure.memory_some_percent, pressure.memory_full_percent
    yield Finding(
        rule=ID,
        severity="error" if full >= FULL_PERCENT else "warning",
        confidence="high",
        title=f"processes waited for memory during {some:g} % of the last minute",
        evidence=[
            Evidence("measured", f"some {some:g} %, full {full:g} %", "/proc/pressure/memory"),
        ],
        cure="run fewer workers, or give the host more memory",
    )


RULE = Rule(id=ID, title="Processes wait for memory", severity="warning", check=check, about="host")

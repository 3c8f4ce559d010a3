"""Does everything wait for the disk?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import host_of
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Pressure
from workeroo.facts.snapshot import Facts

ID = "io-pressure"

MUCH_PERCENT = 20.0
"""Of the last minute in which nobody could work for want of the disk: an assumption."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """The kernel's own measure of waiting."""
    del deployment
    host = host_of(facts)
    if host is None or not isinstance(host.pressure, Pressure):
        return
    full = host.pressure.io_full_percent
    if full < MUCH_PERCENT:
        return
    some = host.pressure.io_some_percent
    yield Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"all work waited for the disk during {full:g} % of the last minute",
        evidence=[Evidence("measured", f"some {some:g} %, full {full:g} %", "/proc/pressure/io")],
        cure="look for swap, a backup or a query that reads whole tables; more workers make it "
        "worse",
    )


RULE = Rule(
    id=ID, title="Everything waits for the disk", severity="warning", check=check, about="host"
)

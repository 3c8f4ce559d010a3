"""Do processes wait for a core?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import host_of
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.sizing import workers_on_host
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host, Pressure
from workeroo.facts.snapshot import Facts

ID = "cpu-pressure"

MUCH_PERCENT = 50.0
"""Of the last minute in which some process waited for a core: an assumption; a host that works
well at its cores' limit shows some waiting."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """The kernel's own measure of waiting."""
    del deployment
    host = host_of(facts)
    if host is None or not isinstance(host.pressure, Pressure):
        return
    if host.pressure.cpu_some_percent >= MUCH_PERCENT:
        yield _finding(host, host.pressure.cpu_some_percent, workers_on_host(facts))


def _finding(host: Host, waited: float, workers: int) -> Finding:
    return Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"processes waited for a core during {waited:g} % of the last minute",
        evidence=[
            Evidence("measured", f"some {waited:g} %", "/proc/pressure/cpu"),
            Evidence("read", f"{workers} HTTP workers on {host.cores.whole} cores"),
            host.cores.evidence,
        ],
        cure="more workers will not help here: find what computes, or give the host more cores",
    )


RULE = Rule(id=ID, title="Processes wait for a core", severity="warning", check=check, about="host")

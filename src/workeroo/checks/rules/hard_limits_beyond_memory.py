"""Do the hard limits promise more memory than there is?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, host_of, http_workers, is_prefork, no_host, number, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.snapshot import Facts
from workeroo.model import memory
from workeroo.units import format_bytes

ID = "hard-limits-beyond-memory"

TRUTH = Evidence(
    "default",
    "the hard limit caps the address space, of which a worker uses a part; it reserves nothing",
    "odoo/service/server.py: RLIMIT_AS",
)


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A warning where one worker may take the host, a note where all together may."""
    workers, hard = http_workers(deployment), number(deployment, "limit_memory_hard") or 0
    if not is_prefork(deployment) or not workers or not hard:
        return
    host = host_of(facts)
    if host is None:
        yield no_host(ID, facts, deployment)
    elif hard > host.memory.usable_bytes:
        yield _one(deployment, hard, host)
    elif workers * hard > host.memory.usable_bytes:
        yield _all(deployment, workers, hard, host)


def _one(deployment: Deployment, hard: int, host: Host) -> Finding:
    usable = format_bytes(host.memory.usable_bytes)
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"one worker may take {format_bytes(hard)}, the host has {usable}",
        evidence=[cited(deployment, "limit_memory_hard"), host.memory.evidence, TRUTH],
        cure=f"set limit_memory_hard = {host.memory.usable_bytes // 2} at most, soft at 80 % of it",
        deployment=deployment.name,
        where=where(deployment, "limit_memory_hard"),
    )


def _all(deployment: Deployment, workers: int, hard: int, host: Host) -> Finding:
    usable = format_bytes(host.memory.usable_bytes)
    product = (
        f"{workers} workers x {format_bytes(hard)} hard limit = {format_bytes(workers * hard)}"
    )
    seen = memory.measured(deployment.processes)
    return Finding(
        rule=ID,
        severity="note",
        confidence="low",
        title=f"{product}, the host has {usable}",
        evidence=[
            *(seen.evidence if is_known(seen) else []),
            cited(deployment, "limit_memory_hard"),
            cited(deployment, "workers"),
            host.memory.evidence,
            TRUTH,
        ],
        cure="lower limit_memory_hard if the host has ever run out of memory; by the article "
        f"all must fit: {host.memory.usable_bytes // workers} at most",
        deployment=deployment.name,
        where=where(deployment, "limit_memory_hard"),
    )


RULE = Rule(id=ID, title="Hard limits beyond the memory", severity="note", check=check)

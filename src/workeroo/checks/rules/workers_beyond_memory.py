"""Do the workers fit in the memory?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, host_of, http_workers, is_prefork, no_host, where
from workeroo.checks.product import Finding, Rule, Severity, Verdict
from workeroo.checks.sizing import Weight, weight_of
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.snapshot import Facts
from workeroo.model import memory
from workeroo.units import format_bytes, format_megabytes

ID = "workers-beyond-memory"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Live weight against the memory first, the article's 300 MB a worker second."""
    if not is_prefork(deployment) or not http_workers(deployment):
        return
    host = host_of(facts)
    if host is None:
        yield no_host(ID, facts, deployment)
        return
    weight = weight_of(facts, host)
    severity = _severity(weight, host, _postgres_bytes(deployment))
    if severity is not None:
        yield _finding([d for d in facts.deployments if is_prefork(d)], host, weight, severity)


def _severity(weight: Weight, host: Host, postgres_bytes: int) -> Severity | None:
    usable = host.memory.usable_bytes
    budget = memory.budget_bytes(usable)
    if weight.best_bytes + postgres_bytes > usable:
        return "error"
    if weight.best_bytes > budget:
        return "warning"
    # Live workers fit, but they are young or idle: the article's sum says where it may go.
    return "note" if weight.assumed_bytes > usable else None


def _finding(preforks: list[Deployment], host: Host, weight: Weight, severity: Severity) -> Finding:
    """Of the one Odoo, or of the host where several share its memory."""
    only = preforks[0] if len(preforks) == 1 else None
    usable = host.memory.usable_bytes
    fitting = memory.workers_that_fit(usable, _each(weight))
    needs = format_megabytes(weight.assumed_bytes if severity == "note" else weight.best_bytes)
    may = "may need" if severity == "note" else "need"
    return Finding(
        rule=ID,
        severity=severity,
        confidence="medium" if weight.measured_bytes is None or weight.in_swap else "high",
        title=f"{weight.workers} workers {may} {needs}, the host has {format_bytes(usable)}",
        evidence=[*_evidence(preforks, weight), host.memory.evidence, _budget(usable)],
        cure=_cure(fitting, severity),
        deployment=only.name if only else None,
        where=where(only, "workers") if only else None,
    )


def _cure(fitting: int, severity: Severity) -> str:
    if severity == "note":
        return "watch the memory of the workers as they age before you add any"
    if not fitting:
        return "give the host more memory: not one worker fits"
    return f"set workers = {fitting} (over all Odoos on this host), or give the host more memory"


def _each(weight: Weight) -> int:
    return max(weight.best_bytes // max(weight.workers, 1), 1)


def _evidence(preforks: list[Deployment], weight: Weight) -> list[Evidence]:
    article = memory.product_text(weight.workers, memory.HEAVY_WORKER_BYTES)
    swapped = Evidence("default", "pages that lie in swap are missing from PSS", "proc(5)")
    return [
        *weight.measured_evidence,
        *([swapped] if weight.in_swap and weight.measured_evidence else []),
        *(cited(one, "workers") for one in preforks),
        Evidence("assumed", article, "article: memory limit check"),
    ]


def _budget(usable: int) -> Evidence:
    return Evidence("assumed", f"workers may take {memory.budget_text(usable)}")


def _postgres_bytes(deployment: Deployment) -> int:
    """shared_buffers of a PostgreSQL that shares the memory; 0 where that is not known."""
    postgres = deployment.postgres
    if not is_known(postgres) or postgres.local is not True:
        return 0
    found = postgres.shared_buffers_bytes
    return found if is_known(found) else 0


RULE = Rule(id=ID, title="More workers than the memory holds", severity="error", check=check)

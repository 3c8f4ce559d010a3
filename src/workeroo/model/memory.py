"""How much memory does a worker take, and how many workers fit?

The rules of thumb count megabytes of 10^6 bytes, as the article does (9 x 300 MB = 2.7 GB). What
was measured on live workers is PSS: shared pages count once, so a sum over workers is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from workeroo.evidence import Evidence, Maybe, Unknown, is_known
from workeroo.facts.process import Part, Process
from workeroo.units import GB, MB, format_bytes, format_count, format_megabytes

LIGHT_WORKER_BYTES = 150 * MB
"""Lower end of the article's "Average Worker RAM"; also a light request of the deployment page."""

HEAVY_WORKER_BYTES = 300 * MB
"""Upper end of the article's "Average Worker RAM", with which its memory check multiplies."""

DOCS_HEAVY_WORKER_BYTES = 1 * GB
"""A worker that serves heavy requests, by Odoo's deployment page."""

DOCS_HEAVY_PERCENT = 20
"""Share of heavy requests, by Odoo's deployment page."""

BUDGET_PERCENT = 80
"""Share of the usable memory that Odoo's workers may take. The published calculators (bash gists,
hosting guides) all use it; the rest is for the system and for PostgreSQL. It keeps the article's
own verdicts: 2.7 GB is safe on 4 GiB and too much on 2 GiB."""

SOFT_LIMIT_ROOM = 2
"""A soft limit is advised as this many times the virtual memory of a fresh worker: an assumption,
so that a worker may double before it is replaced."""

SOFT_LIMIT_NEARLY_PERCENT = 85
"""A fresh worker above this share of its soft limit has little left to grow: an assumption."""

FRESH_WORKER_VMS_BYTES = 300 * MB
"""Virtual memory of a worker that has just started: measured on Odoo 19, a small database."""


class WorkerMemory(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker is counted with, and why."""

    per_worker_bytes: int
    evidence: list[Evidence]


def by_article() -> WorkerMemory:
    """300 MB a worker: the upper end of the article's range."""
    low, high = format_megabytes(LIGHT_WORKER_BYTES), format_megabytes(HEAVY_WORKER_BYTES)
    text = f"{high} a worker, the upper end of {low} to {high}"
    source = "article: memory limit check"
    return WorkerMemory(
        per_worker_bytes=HEAVY_WORKER_BYTES,
        evidence=[Evidence("assumed", text, source)],
    )


def by_docs() -> WorkerMemory:
    """320 MB a worker: four light requests of 150 MB for each heavy one of 1 GB."""
    light_percent = 100 - DOCS_HEAVY_PERCENT
    hundredfold = light_percent * LIGHT_WORKER_BYTES + DOCS_HEAVY_PERCENT * DOCS_HEAVY_WORKER_BYTES
    each = hundredfold // 100
    text = (
        f"{format_megabytes(each)} a worker = {light_percent} % x"
        f" {format_megabytes(LIGHT_WORKER_BYTES)} + {DOCS_HEAVY_PERCENT} % x"
        f" {format_megabytes(DOCS_HEAVY_WORKER_BYTES)}"
    )
    source = "Odoo's deployment page: memory size"
    return WorkerMemory(per_worker_bytes=each, evidence=[Evidence("assumed", text, source)])


def measured(processes: Iterable[Process]) -> Maybe[WorkerMemory]:
    """The mean PSS of the live HTTP workers."""
    workers = [process for process in processes if process.part == "http worker"]
    if not workers:
        return Unknown("no live HTTP worker to measure")
    known = [process.pss_bytes for process in workers if is_known(process.pss_bytes)]
    if not known:
        return Unknown("the PSS of the live HTTP workers could not be read")
    mean = sum(known) // len(known)
    text = f"{format_megabytes(mean)} = mean PSS of {format_count(len(known), 'live HTTP worker')}"
    source = "/proc/PID/smaps_rollup"
    return WorkerMemory(
        per_worker_bytes=mean,
        evidence=[Evidence("measured", text, source)],
    )


def at_least(rule: WorkerMemory, seen: Maybe[WorkerMemory]) -> WorkerMemory:
    """The rule's figure, or the measured one where live workers take more than the rule thinks.

    The other of the two stays beside it as evidence.
    """
    if not is_known(seen):
        return rule
    larger = max(rule, seen, key=lambda memory: memory.per_worker_bytes)
    return WorkerMemory(
        per_worker_bytes=larger.per_worker_bytes,
        evidence=seen.evidence + rule.evidence,
    )


def budget_bytes(usable_bytes: int) -> int:
    """What the workers may take of the usable memory."""
    return usable_bytes * BUDGET_PERCENT // 100


def workers_that_fit(usable_bytes: int, per_worker_bytes: int) -> int:
    """How many workers the budget holds; 0 where not even one fits."""
    return budget_bytes(usable_bytes) // per_worker_bytes


def product_text(count: int, per_worker_bytes: int) -> str:
    """The sum as the article writes it: "9 x 300 MB = 2.7 GB"."""
    total = format_megabytes(count * per_worker_bytes)
    return f"{count} x {format_megabytes(per_worker_bytes)} = {total}"


def budget_text(usable_bytes: int) -> str:
    """The budget with its reason: "80 % of 4 GiB = 3.4 GB"."""
    budget = format_megabytes(budget_bytes(usable_bytes))
    return f"{BUDGET_PERCENT} % of {format_bytes(usable_bytes)} = {budget}"


def leanest(processes: Iterable[Process], parts: Sequence[Part]) -> Process | None:
    """The live process with the least virtual memory of these parts.

    It stands for a fresh one: a worker's virtual memory only grows while it lives.
    """
    found = [process for process in processes if process.part in parts]
    return min(found, key=lambda process: process.vms_bytes, default=None)

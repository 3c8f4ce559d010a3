"""How does a wanted number of workers become one that the server can bear?

Shared by the rules: each says how many it wants and why; the cap, the memory check and the floor
are the same for all, and each says in words what it did.
"""

from __future__ import annotations

import msgspec

from workeroo.model.memory import WorkerMemory, budget_text, product_text, workers_that_fit

LEAST_WORKERS = 2
"""A PDF report needs a second worker: while one runs wkhtmltopdf, that program fetches styles and
images from the same Odoo. One worker alone waits for itself (odoo/odoo issue 2114)."""

NO_HTTP_WORKER = -1
"""`workers` of a server that only runs crons: prefork, and no HTTP worker (every series)."""

MOST_WORKERS = 99
"""Below the article's example of a random guess, 100, "which crashes the server". A master also
watches four pipes of each worker with select(), which ends at 1024: about 250 workers."""

PDF_REASON = "one worker that prints a PDF waits for a second one to answer wkhtmltopdf"
MANY_REASON = "never 100 or more on one master; so many cores serve better as several servers"


class Wanted(msgspec.Struct, frozen=True):
    """The workers that a rule asks for: "9 = 2 x 4 cores + 1, the golden rule"."""

    count: int
    because: str


class Sized(msgspec.Struct, frozen=True):
    """The workers that the server can bear, and the sentence that says why."""

    count: int
    why: str


def size(wanted: Wanted, each: WorkerMemory, usable_bytes: int, *, beside: int = 0) -> Sized:
    """Cut a wanted number of workers down to the cap and the memory, never below two.

    Args:
        wanted: what the rule asks for.
        each: what one worker is counted with.
        usable_bytes: the memory of the host.
        beside: further processes that the rule counts with the same memory.
    """
    capped = min(wanted.count, MOST_WORKERS)
    holds = workers_that_fit(usable_bytes, each.per_worker_bytes) - beside
    count = max(min(capped, holds), LEAST_WORKERS)
    if count == wanted.count and count <= holds:
        return Sized(count, f"{count} = {wanted.because}")
    reasons = []
    if wanted.count > capped and count == capped:
        reasons.append(MANY_REASON)
    if capped > holds or count > holds:
        reasons.append(_memory_reason(min(capped, wanted.count), count, each, usable_bytes, beside))
    if count > min(wanted.count, holds):
        reasons.append(f"never fewer than {LEAST_WORKERS}: {PDF_REASON}")
    start = f"{count} instead of {wanted.count}" if count != wanted.count else f"{count}"
    return Sized(count, f"{start} ({wanted.because}): {'; '.join(reasons)}")


def _memory_reason(
    asked: int, count: int, each: WorkerMemory, usable_bytes: int, beside: int
) -> str:
    """The memory check in figures."""
    per_worker = each.per_worker_bytes
    budget = budget_text(usable_bytes)
    too_much = f"{product_text(asked + beside, per_worker)} is more than {budget}"
    if asked == count:
        return too_much
    if count + beside > workers_that_fit(usable_bytes, per_worker):
        return f"{too_much}, and so is {product_text(count + beside, per_worker)}"
    return f"{too_much}; {product_text(count + beside, per_worker)} fits"

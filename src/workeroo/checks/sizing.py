"""How many workers does the golden rule give this host, and what does a worker weigh?"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from workeroo.checks.asking import http_workers, is_prefork
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.snapshot import Facts
from workeroo.model import memory
from workeroo.units import MIB

GOLDEN_RULE = "article: worker formula"
"""Where the rule stands that the evidence names."""


QUIET_SWAP_BYTES = 64 * MIB
"""Linux parks pages that nobody touches; below this it is not worth a word. An assumption."""


def swaps(host: Host) -> bool:
    """Whether more of the memory lies in swap than what Linux parks there in passing."""
    used = host.memory.swap_used_bytes
    return not host.memory.declared and is_known(used) and used >= QUIET_SWAP_BYTES


def golden_workers(host: Host) -> int:
    """The article's formula: 2 x cores + 1."""
    return 2 * host.cores.whole + 1


def golden_evidence(host: Host) -> Evidence:
    """The formula with this host's cores."""
    text = f"2 x {host.cores.whole} + 1 = {golden_workers(host)} workers by the golden rule"
    return Evidence("assumed", text, GOLDEN_RULE)


def advised_workers(host: Host) -> int:
    """The golden rule's number, or as many as the memory holds by the article's 300 MB."""
    fitting = memory.workers_that_fit(host.memory.usable_bytes, memory.HEAVY_WORKER_BYTES)
    return max(min(golden_workers(host), fitting), 2)


def workers_on_host(facts: Facts) -> int:
    """HTTP workers of every prefork deployment on the host."""
    return sum(http_workers(d) for d in facts.deployments if is_prefork(d))


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What all HTTP workers of a host take in memory, by live figures and by the article's.

    Attributes:
        measured_bytes: workers x their mean PSS; None where no live worker could be measured.
        assumed_bytes: workers x 300 MB.
        in_swap: pages that lie in swap are missing from PSS, so the larger of the two counts.
    """

    workers: int
    measured_bytes: int | None
    measured_evidence: list[Evidence]
    assumed_bytes: int
    in_swap: bool

    @property
    def best_bytes(self) -> int:
        """The measured sum where there is one that can be believed."""
        if self.measured_bytes is None:
            return self.assumed_bytes
        return max(self.measured_bytes, self.assumed_bytes) if self.in_swap else self.measured_bytes


def weight_of(facts: Facts, host: Host) -> Weight:
    """The weight of all HTTP workers of all deployments on the host."""
    preforks = [d for d in facts.deployments if is_prefork(d)]
    each = [(http_workers(d), memory.measured(d.processes)) for d in preforks]
    known = [(count, seen) for count, seen in each if is_known(seen)]
    workers = sum(count for count, _ in each)
    whole = bool(known) and len(known) == len(each)
    return Weight(
        workers=workers,
        measured_bytes=sum(n * seen.per_worker_bytes for n, seen in known) if whole else None,
        measured_evidence=_joined(seen.evidence for _, seen in known),
        assumed_bytes=workers * memory.HEAVY_WORKER_BYTES,
        in_swap=swaps(host),
    )


def _joined(lists: Iterable[list[Evidence]]) -> list[Evidence]:
    return [evidence for one in lists for evidence in one]


def same_database(one: Deployment, other: Deployment) -> bool:
    """Whether two deployments name the same databases in db_name, or none of them."""
    names = [d.settings["db_name"].value for d in (one, other) if "db_name" in d.settings]
    return len(names) == 2 and names[0] == names[1]  # noqa: PLR2004 - one and other

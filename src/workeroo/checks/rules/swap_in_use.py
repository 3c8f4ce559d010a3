"""Does the host live on its disk?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import host_of
from workeroo.checks.product import CouldNotTell, Finding, Rule, Verdict
from workeroo.checks.sizing import swaps
from workeroo.evidence import Evidence, Unknown, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host, Memory, Pressure
from workeroo.facts.snapshot import Facts
from workeroo.units import format_bytes

ID = "swap-in-use"

PRESSED_PERCENT = 1.0
"""Time lost waiting for memory, of the last minute, from which swap is in the way (PSI)."""

SCARCE_PERCENT = 10
"""Available memory, of the usable, below which swap will be used again."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A note when it is used, a warning when memory is short as well."""
    host = host_of(facts)
    if host is None or host.memory.declared:
        return
    used = host.memory.swap_used_bytes
    if isinstance(used, Unknown):
        yield CouldNotTell(rule=ID, reason=f"swap: {used.reason}", deployment=deployment.name)
    elif swaps(host):
        yield _finding(host, used)


def _finding(host: Host, used: int) -> Finding:
    pressed = _is_pressed(host.pressure) or _is_scarce(host.memory)
    total = host.memory.swap_total_bytes
    of = f" of {format_bytes(total)}" if is_known(total) else ""
    return Finding(
        rule=ID,
        severity="warning" if pressed else "note",
        confidence="high" if pressed else "low",
        title=f"{format_bytes(used)}{of} swap in use"
        + (" and memory is short" if pressed else ", memory is not short now"),
        evidence=[
            Evidence("measured", f"{format_bytes(used)} of swap used", "/proc/meminfo"),
            *_available(host.memory),
        ],
        cure="run fewer workers or give the host more memory"
        if pressed
        else "find out when it was used: the memory was short then",
    )


def _is_pressed(pressure: object) -> bool:
    return isinstance(pressure, Pressure) and pressure.memory_some_percent >= PRESSED_PERCENT


def _is_scarce(memory: Memory) -> bool:
    available = memory.available_bytes
    return is_known(available) and 100 * available < SCARCE_PERCENT * memory.usable_bytes


def _available(memory: Memory) -> list[Evidence]:
    available = memory.available_bytes
    if not is_known(available):
        return []
    return [Evidence("measured", f"{format_bytes(available)} available", "/proc/meminfo")]


RULE = Rule(id=ID, title="Swap in use", severity="warning", check=check, about="host")

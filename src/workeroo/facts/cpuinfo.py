"""How many processors are there, and how many cores stand behind them?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from workeroo.evidence import Maybe, Unknown


def count_list(text: str) -> int | None:
    """Count a kernel list of numbers: "0-3,8" has five; None when it is no such list."""
    total = 0
    for part in text.strip().split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if match is None:
            return None
        total += int(match[2] or match[1]) - int(match[1]) + 1
    return total


def listed(text: str) -> set[int]:
    """The numbers of a kernel list; none when it is no such list."""
    if not count_list(text):
        return set()
    ends = [part.strip().partition("-")[::2] for part in text.strip().split(",")]
    return {n for first, last in ends for n in range(int(first), int(last or first) + 1)}


def processors(cpuinfo: str) -> list[dict[str, str]]:
    """Read /proc/cpuinfo: one mapping per processor."""
    found = []
    for block in re.split(r"\n\s*\n", cpuinfo):
        pairs = dict(re.findall(r"^([^:\n]*\S)\s*:[ \t]*(.*)$", block, re.MULTILINE))
        if "processor" in pairs:
            found.append(pairs)
    return found


def physical_cores(cpuinfo: str, siblings: Iterable[str]) -> Maybe[int]:
    """Count the cores: pairs of package and core, else the lists of processors that share one."""
    pairs = {(p.get("physical id"), p.get("core id")) for p in processors(cpuinfo)}
    complete = {pair for pair in pairs if None not in pair}
    if complete:
        return len(complete)
    shared = {text.strip() for text in siblings}
    return len(shared) or Unknown("the kernel does not say which processors share a core")


def is_hypervised(cpuinfo: str) -> bool | None:
    """Whether the processor's flags name a hypervisor; None where it lists no such flags."""
    for processor in processors(cpuinfo):
        if "flags" in processor:
            return "hypervisor" in processor["flags"].split()
    return None

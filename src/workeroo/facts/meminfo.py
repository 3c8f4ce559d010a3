"""How much memory does the kernel say there is, and how long did tasks wait for it?"""

from __future__ import annotations

import re

from workeroo.facts.host import Pressure
from workeroo.units import KIB


def meminfo(text: str) -> dict[str, int]:
    """Read /proc/meminfo: name to bytes."""
    found = re.findall(r"^(\S+):\s+(\d+)( kB)?$", text, re.MULTILINE)
    return {name: int(number) * (KIB if unit else 1) for name, number, unit in found}


def average_percent(text: str, share: str, seconds: int = 60) -> float:
    """Read `avg60` or another average of one line of a /proc/pressure file.

    Old kernels have no line "full" for the CPU.
    """
    match = re.search(rf"^{share} .*\bavg{seconds}=([0-9.]+)", text, re.MULTILINE)
    return float(match[1]) if match else 0.0


def pressure(cpu: str, memory: str, io: str) -> Pressure:
    """Read the three files of /proc/pressure."""
    return Pressure(
        cpu_some_percent=average_percent(cpu, "some"),
        memory_some_percent=average_percent(memory, "some"),
        memory_full_percent=average_percent(memory, "full"),
        io_some_percent=average_percent(io, "some"),
        io_full_percent=average_percent(io, "full"),
    )

"""On what was it measured, in one line for a page?"""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine(*more: str) -> str:
    """Processor, cores, kernel, Python, and what else there is to say: "Odoo 19.0"."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0))
    linux = platform.release().partition("-")[0]
    processor = models[0] if models else platform.machine()
    said = [processor, f"{cores} cores", f"Linux {linux}", f"Python {platform.python_version()}"]
    return ", ".join([*said, *more])

"""What hardware does the user declare with --cores and --memory?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from workeroo.errors import UsageError
from workeroo.units import GIB, parse_bytes

F = TypeVar("F", bound=Callable[..., Any])

MOST_CORES = 8192  # the largest NR_CPUS that a Linux kernel is built with on x86-64
MOST_MEMORY_BYTES = 4 * 1024 * 1024 * GIB  # 52 bits: the largest physical address of x86-64


def hardware_options(command: F) -> F:
    """Add `--cores N` and `--memory SIZE` to a command."""
    for option in (
        click.option("--memory", metavar="SIZE", help="Judge for this much memory: 8G, 640M."),
        click.option("--cores", type=int, metavar="N", help="Judge for this many cores."),
    ):
        command = option(command)
    return command


def declared_cores(cores: int | None) -> int | None:
    """The cores, if that is a number that a server can have."""
    if cores is not None and not 1 <= cores <= MOST_CORES:
        raise UsageError(f"--cores {cores} is no server", cure=f"give 1 to {MOST_CORES} cores")
    return cores


def declared_memory_bytes(memory: str | None) -> int | None:
    """The memory in bytes, if that is a size that a server can have."""
    if memory is None:
        return None
    try:
        size_bytes = parse_bytes(memory)
    except OverflowError:
        size_bytes = MOST_MEMORY_BYTES + 1
    if size_bytes > MOST_MEMORY_BYTES:
        raise UsageError("--memory is more than any server has", cure="give a size like 8G")
    return size_bytes

"""On which cores may a lab's servers run, so that it stands for a server of that size?"""

from __future__ import annotations

import os
from collections.abc import Sequence

from workeroo.errors import UsageError
from workeroo.lab.program import find_program


def checked_cpus(cpus: Sequence[int] | None) -> tuple[int, ...] | None:
    """The numbers of cores, each once and in order, if we may use them all.

    Raises:
        UsageError: when there are none, or one that is not ours.
    """
    if cpus is None:
        return None
    ours = os.sched_getaffinity(0)
    if not cpus or not ours.issuperset(cpus):
        asked = ", ".join(map(str, cpus)) or "none"
        raise UsageError(
            f"a lab cannot run on these cores: {asked}",
            cure=f"choose from {', '.join(map(str, sorted(ours)))}",
        )
    return tuple(sorted(set(cpus)))


def pinned(command: list[str], cpus: tuple[int, ...] | None) -> list[str]:
    """The command that runs another on these cores only, and so all that it starts."""
    if cpus is None:
        return command
    program = find_program("taskset", package="util-linux")
    return [program, "--cpu-list", ",".join(map(str, cpus)), *command]

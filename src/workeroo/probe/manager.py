"""What may be seen of who starts an Odoo server?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workeroo.evidence import Unknown
from workeroo.facts import procstat
from workeroo.facts.manager import Manager, Signs, manager_of
from workeroo.facts.servers import Seen, Server
from workeroo.probe.host import read_kind
from workeroo.probe.odoo import read_environment
from workeroo.probe.roots import container_of
from workeroo.probe.world import World, found, why_not

_FIRST = 1
"""The first process of a host or container; the kernel, or what is outside, is above it."""

_VARIABLES = ("SUPERVISOR_PROCESS_NAME", "SUPERVISOR_GROUP_NAME", "SUPERVISOR_SERVER_URL")
"""What supervisord tells a program of its name, and of its own address."""


def read_manager(world: World, server: Server, running: Sequence[Seen]) -> Manager | Unknown | None:
    """Who restarts a server among all that runs here; None when nobody does."""
    pid = server.top.pid
    above, unseen = _above(server.top, {process.pid: process for process in running})
    return manager_of(
        Signs(
            pid=pid,
            above=above,
            unseen=unseen,
            cgroup=_cgroup(world, pid),
            first_cgroup=_cgroup(world, _FIRST),
            first_name=procstat.command(found(world.text(f"/proc/{_FIRST}/stat"))),
            container=container_of(world, pid),
            inside=read_kind(world)[0] == "container",
            variables=read_environment(world, pid, _VARIABLES),
        )
    )


def _above(top: Seen, by_pid: Mapping[int, Seen]) -> tuple[list[Seen], int | None]:
    """The ancestors, parent first, and the one at which the line breaks off too early."""
    line: list[Seen] = []
    pid = top.parent_pid
    while pid and (process := by_pid.get(pid)) is not None and process not in line:
        line.append(process)
        pid = process.parent_pid
    return line, None if pid in (0, _FIRST) or pid in by_pid else pid


def _cgroup(world: World, pid: int) -> str | Unknown:
    path = f"/proc/{pid}/cgroup"
    text = world.text(path)
    return text if isinstance(text, str) else why_not(text, path)

"""Which processes belong together as one Odoo server, and what is the part of each?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from workeroo.facts.commandline import Launch, launch, title
from workeroo.facts.process import Part

_TITLES: dict[str, Part] = {"WorkerHTTP": "http worker", "WorkerCron": "cron worker"}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A process as every user may see it."""

    pid: int
    parent_pid: int
    nice: int
    argv: list[str]


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One Odoo server: its top process and everything below it.

    Attributes:
        below: every descendant, also programs that a worker started.
    """

    top: Seen
    launch: Launch
    below: list[Seen]

    @property
    def prefork(self) -> bool:
        """Whether the top process has forked workers or an evented process."""
        return any(_is_child(self, process) for process in self.below)


def servers(processes: Iterable[Seen]) -> list[Server]:
    """Find the Odoo servers among all processes of a host, lowest process id first."""
    by_pid = {process.pid: process for process in processes}
    launches = {pid: found for pid, p in by_pid.items() if (found := launch(p.argv))}
    children: dict[int, list[Seen]] = {}
    for process in by_pid.values():
        children.setdefault(process.parent_pid, []).append(process)
    tops = [
        pid for pid, found in launches.items() if not found.evented and not _inside(pid, by_pid)
    ]
    return [
        Server(top=by_pid[pid], launch=launches[pid], below=list(_below(pid, children)))
        for pid in sorted(tops)
    ]


def orphans(processes: Iterable[Seen]) -> list[Seen]:
    """Workers and evented processes whose master is gone."""
    by_pid = {process.pid: process for process in processes}
    return [p for pid, p in sorted(by_pid.items()) if _is_part(p) and not _inside(pid, by_pid)]


def parts(server: Server, *, configured: bool | None) -> dict[int, tuple[Part, str]]:
    """The part of each process, and how it was recognised.

    Args:
        server: its processes.
        configured: whether the settings ask for workers; None when they are not known. It tells
            a master that has not forked yet from a threaded server.
    """
    found: dict[int, tuple[Part, str]] = {server.top.pid: _top_part(server, configured)}
    for process in server.below:
        found[process.pid] = _part(server, process)
    return found


def _top_part(server: Server, configured: bool | None) -> tuple[Part, str]:
    if server.prefork:
        return "master", "parent of the workers"
    if configured:
        return "master", "no worker forked yet, but its settings ask for them"
    return "threaded server", "no worker and no evented process below it"


def _part(server: Server, process: Seen) -> tuple[Part, str]:
    if process.parent_pid != server.top.pid:
        return "other", "started by another process of the server"
    return part_of_child(server.top, process)


def part_of_child(master: Seen, process: Seen) -> tuple[Part, str]:
    """The part of a child of a master, and how it was recognised."""
    if kind := title(process.argv):
        return _TITLES.get(kind, "other"), f"titled odoo: {kind}"
    found = launch(process.argv)
    if found and found.evented:
        return "evented", "argv has gevent"
    if process.argv != master.argv:
        return "other", "a program that the server started"
    if process.nice > master.nice:
        return "cron worker", f"child of the master, niced by {process.nice - master.nice}"
    return "http worker", "child of the master with its command line, not niced"


def _is_child(server: Server, process: Seen) -> bool:
    return _part(server, process)[0] != "other" or title(process.argv) is not None


def _is_part(process: Seen) -> bool:
    found = launch(process.argv)
    return title(process.argv) is not None or bool(found and found.evented)


def _inside(pid: int, by_pid: Mapping[int, Seen]) -> bool:
    """Whether the parent is a process of an Odoo server too."""
    parent = by_pid.get(by_pid[pid].parent_pid)
    return parent is not None and (launch(parent.argv) is not None or _is_part(parent))


def _below(pid: int, children: Mapping[int, list[Seen]]) -> Iterable[Seen]:
    for child in sorted(children.get(pid, []), key=lambda process: process.pid):
        yield child
        yield from _below(child.pid, children)

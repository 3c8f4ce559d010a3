"""Which processes run here, and what may be seen of those that are part of an Odoo?"""

from __future__ import annotations

import msgspec

from workeroo.evidence import Maybe, Unknown
from workeroo.facts import procstat
from workeroo.facts.commandline import split
from workeroo.facts.process import Part, Process
from workeroo.facts.servers import Seen
from workeroo.probe.world import World, found, why_not

_NET = ("tcp", "tcp6")


class Backdrop(msgspec.Struct, frozen=True):
    """What is read once for all processes of a server.

    Attributes:
        booted_at: Unix time at which the host started.
        sockets: listening TCP sockets of the server's network, inode to port.
        users: names by user id, as the server's own /etc/passwd has them.
    """

    booted_at: float
    sockets: dict[str, int]
    users: dict[str, str]


def everything(world: World) -> list[Seen]:
    """Every process with a command line, that is all but kernel threads and zombies."""
    names = world.names("/proc")
    pids = [int(name) for name in names if name.isdigit()] if isinstance(names, list) else []
    return [process for pid in pids if (process := _seen(world, pid)) is not None]


def backdrop(world: World, pid: int, files: World) -> Backdrop:
    """The boot time, and the sockets and users where a process runs."""
    sockets: dict[str, int] = {}
    for name in _NET:
        sockets |= procstat.listeners(found(world.text(f"/proc/{pid}/net/{name}")))
    booted_at = procstat.booted_at(found(world.text("/proc/stat")))
    return Backdrop(booted_at or 0.0, sockets, user_names(files))


def process(world: World, pid: int, known: tuple[Part, str], behind: Backdrop) -> Process | None:
    """One process of an Odoo, whose part is known with its reason; None when it has ended."""
    stat_text = world.text(f"/proc/{pid}/stat")
    status = world.text(f"/proc/{pid}/status")
    if not isinstance(stat_text, str) or not isinstance(status, str):
        return None
    stat = procstat.stat(stat_text)
    limits = world.text(f"/proc/{pid}/limits")
    user = procstat.status(status).get("Uid", "?").split()[0]
    pss, uss = _shared(world, pid)
    held = held_sockets(world, pid)
    return Process(
        pid=pid,
        parent_pid=stat.parent_pid,
        part=known[0],
        why=known[1],
        user=behind.users.get(user, user),
        started_at=round(behind.booted_at + stat.started_after_boot_seconds, 2),
        rss_bytes=procstat.kilobytes(status, "VmRSS") or 0,
        vms_bytes=procstat.kilobytes(status, "VmSize") or 0,
        pss_bytes=pss,
        uss_bytes=uss,
        cpu_seconds=round(stat.cpu_seconds, 2),
        threads=stat.threads,
        address_space_limit_bytes=_limit(limits, "Max address space", pid),
        open_files_limit=_limit(limits, "Max open files", pid),
        listens_on=[] if isinstance(held, Unknown) else _ports(held, behind.sockets),
    )


def held_sockets(world: World, pid: int) -> Maybe[set[str]]:
    """The inodes of the sockets that a process holds."""
    folder = f"/proc/{pid}/fd"
    names = world.names(folder)
    if not isinstance(names, list):
        return why_not(names, folder)
    links = (found(world.link(f"{folder}/{name}")) for name in names)
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def user_names(files: World) -> dict[str, str]:
    """Names by user id, from /etc/passwd: name, password, id, group, comment, home, shell."""
    lines = (line.split(":") for line in found(files.text("/etc/passwd")).splitlines())
    return {fields[2]: fields[0] for fields in lines if len(fields) > 2}  # noqa: PLR2004


def _seen(world: World, pid: int) -> Seen | None:
    cmdline = world.data(f"/proc/{pid}/cmdline")
    if not isinstance(cmdline, bytes) or not cmdline:
        return None
    text = world.text(f"/proc/{pid}/stat")
    if not isinstance(text, str):
        return None
    stat = procstat.stat(text)
    return Seen(pid=pid, parent_pid=stat.parent_pid, nice=stat.nice, argv=split(cmdline))


def _shared(world: World, pid: int) -> tuple[Maybe[int], Maybe[int]]:
    """PSS and USS, which only the process's own user and root may know."""
    path = f"/proc/{pid}/smaps_rollup"
    text = world.text(path)
    if not isinstance(text, str):
        return why_not(text, path), why_not(text, path)
    pss = procstat.kilobytes(text, "Pss")
    return Unknown(f"{path} has no Pss") if pss is None else pss, procstat.unshared(text)


def _limit(limits: str | Unknown | None, name: str, pid: int) -> int | Unknown | None:
    path = f"/proc/{pid}/limits"
    if not isinstance(limits, str):
        return why_not(limits, path)
    try:
        return procstat.limit(limits, name)
    except ValueError:
        return Unknown(f"{path} has no line {name}")


def _ports(held: set[str], sockets: dict[str, int]) -> list[int]:
    return sorted({sockets[inode] for inode in held if inode in sockets})

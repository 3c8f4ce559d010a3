"""What do the processes of a server weigh now, in each of the three ways to weigh them?

VMS is address space, RSS what of it is in memory, PSS the same with what is shared divided by those
who share it: only PSS adds up.
"""

from __future__ import annotations

import msgspec

from workeroo.evidence import Maybe, Unknown
from workeroo.facts import procstat
from workeroo.facts.commandline import launch, split
from workeroo.facts.process import Part
from workeroo.facts.servers import Seen, Server, parts
from workeroo.probe.world import World, found, why_not
from workeroo.units import KIB


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """One process, weighed."""

    pid: int
    vms_bytes: int
    rss_bytes: int
    pss_bytes: Maybe[int] = Unknown("not looked at")


class HostMemory(msgspec.Struct, frozen=True):
    """What this host has left."""

    available_bytes: int
    total_bytes: int


def weigh(pid: int, world: World | None = None) -> Weight | None:
    """A process; None when it has ended."""
    world = world or World()
    status = world.text(f"/proc/{pid}/status")
    if not isinstance(status, str):
        return None
    vms = procstat.kilobytes(status, "VmSize")
    rss = procstat.kilobytes(status, "VmRSS")
    if vms is None or rss is None:  # a zombie has none
        return None
    path = f"/proc/{pid}/smaps_rollup"
    rollup = world.text(path)
    pss = procstat.kilobytes(rollup, "Pss") if isinstance(rollup, str) else None
    why = why_not(rollup, path) if not isinstance(rollup, str) else Unknown(f"{path} has no Pss")
    return Weight(pid=pid, vms_bytes=vms, rss_bytes=rss, pss_bytes=why if pss is None else pss)


def children_of(pid: int, world: World | None = None) -> list[int]:
    """The pids of a process's children, also of those that came since the last look."""
    world = world or World()
    return [int(child) for child in found(world.text(f"/proc/{pid}/task/{pid}/children")).split()]


def started_of(pid: int, world: World | None = None) -> float | None:
    """When a process began, in seconds after boot: with the pid it is one process."""
    text = (world or World()).text(f"/proc/{pid}/stat")
    return procstat.stat(text).started_after_boot_seconds if isinstance(text, str) else None


def nice_of(pid: int, world: World | None = None) -> int | None:
    """How nice a process is; None when it has ended."""
    text = (world or World()).text(f"/proc/{pid}/stat")
    return procstat.stat(text).nice if isinstance(text, str) else None


def host_memory(world: World | None = None) -> HostMemory:
    """What the host has in all, and what it could still give."""
    text = found((world or World()).text("/proc/meminfo"))
    return HostMemory(
        procstat.kilobytes(text, "MemAvailable") or 0, procstat.kilobytes(text, "MemTotal") or KIB
    )


def parts_now(master_pid: int, world: World | None = None) -> dict[int, Part]:
    """The children of a master and what each does, as they are at this moment."""
    world = world or World()
    top = _seen(world, master_pid)
    begun = launch(top.argv) if top else None
    if top is None or begun is None:
        return {}
    below = [seen for pid in children_of(master_pid, world) if (seen := _seen(world, pid))]
    server = Server(top=top, launch=begun, below=below)
    return {
        pid: part for pid, (part, _) in parts(server, configured=True).items() if pid != master_pid
    }


def http_workers(master_pid: int) -> list[int]:
    """The pids of the HTTP workers that a master has at this moment."""
    return [pid for pid, part in parts_now(master_pid).items() if part == "http worker"]


def _seen(world: World, pid: int) -> Seen | None:
    cmdline, text = world.data(f"/proc/{pid}/cmdline"), world.text(f"/proc/{pid}/stat")
    if not isinstance(cmdline, bytes) or not cmdline or not isinstance(text, str):
        return None
    stat = procstat.stat(text)
    return Seen(pid=pid, parent_pid=stat.parent_pid, nice=stat.nice, argv=split(cmdline))


def cpu_seconds_of(pid: int, world: World | None = None) -> float | None:
    """The CPU time that a process has used; None when it has ended."""
    text = (world or World()).text(f"/proc/{pid}/stat")
    return procstat.stat(text).cpu_seconds if isinstance(text, str) else None


class Cores(msgspec.Struct, frozen=True):
    """What the cores of this host have done since it was started, in clock ticks of all of them."""

    idle_ticks: int
    all_ticks: int


def cores_now(world: World | None = None) -> Cores | None:
    """The first line of /proc/stat; None where it cannot be read."""
    line = found((world or World()).text("/proc/stat")).partition("\n")[0].split()[1:]
    ticks = [int(word) for word in line if word.isdecimal()]
    if len(ticks) < _IOWAIT + 1:
        return None
    # Guests' time, behind the eighth field, is in that of users already (proc(5)).
    return Cores(ticks[_IDLE] + ticks[_IOWAIT], sum(ticks[:_GUEST]))


_IDLE, _IOWAIT, _GUEST = 3, 4, 8


def idle_share(before: Cores | None, after: Cores | None) -> float | None:
    """How much of the time between two looks the cores of this host had nothing to do."""
    if before is None or after is None or after.all_ticks <= before.all_ticks:
        return None
    return (after.idle_ticks - before.idle_ticks) / (after.all_ticks - before.all_ticks)

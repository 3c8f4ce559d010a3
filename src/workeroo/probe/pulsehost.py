"""How busy is the host, and how much memory is left, while a server is watched?

A container's share counts where it is the tighter one: the time that its quota's group used, the
rest of its memory limit.
"""

from __future__ import annotations

import os

import msgspec

from workeroo.evidence import Maybe, Unknown
from workeroo.facts import cgroup, cpuinfo, meminfo, procstat
from workeroo.facts.pulse import HostPulse
from workeroo.probe.limits import Groups, groups_of, limits_in
from workeroo.probe.world import World, found

_SLOW_SECONDS = 2.0
"""Limits, memory and pressure are read so seldom: the kernel renews pressure no sooner."""

_GROUPS_SECONDS = 30.0
"""In which groups a process is, and where those are, hardly ever changes."""

_STAT_BYTES = 65536
"""Lines of a thousand processors; what comes after them is not read."""

_AVERAGE_SECONDS = 10
"""Of the averages of pressure, the one that follows soonest."""


class HostWatch:
    """The host as one process may use it.

    Args:
        world: where to look.
        pid: whose limits count.

    Attributes:
        trouble: what cannot be seen of it, None where all can.
    """

    def __init__(self, world: World, pid: int) -> None:
        self._world = world
        self._pid = pid
        self._slow_at = float("-inf")
        self._cpus: set[int] = set()
        self._groups_at = float("-inf")
        self._groups: Groups | Unknown = Unknown("not looked at")
        self._quota_group: list[str] = []
        self._stat = _opened(world)
        self._kept = HostPulse(
            cores=1, busy_seconds=0, memory_available_bytes=0, memory_limit_bytes=0
        )

    def look(self, now: float) -> HostPulse:
        """The host now; `now` is of a monotonic clock."""
        if now - self._slow_at >= _SLOW_SECONDS:
            self._slow_at = now
            if now - self._groups_at >= _GROUPS_SECONDS:
                self._groups_at = now
                self._groups = groups_of(self._world, self._pid)
                self._cpus = self._allowed()
            self._kept = self._slow()
        return msgspec.structs.replace(self._kept, busy_seconds=self._busy_seconds())

    @property
    def trouble(self) -> str | None:
        """What cannot be seen of the host; a unit with ProcSubset=pid hides it."""
        if not isinstance(self._stat, int):
            return f"the host's CPU and memory are not seen: {self._stat.reason}"
        return None

    def close(self) -> None:
        """Give back its open file."""
        if isinstance(self._stat, int):
            os.close(self._stat)

    def _slow(self) -> HostPulse:
        limits = limits_in(self._world, self._groups, len(self._cpus))
        allowed = float(len(self._cpus) or 1)
        bounded = isinstance(limits.quota, float) and limits.quota < allowed
        self._quota_group = self._group() if bounded else []
        memory = found(self._world.text("/proc/meminfo"))
        most = [procstat.kilobytes(memory, "MemTotal") or 0, limits.memory_bytes]
        left = [procstat.kilobytes(memory, "MemAvailable") or 0, limits.memory_left_bytes]
        return HostPulse(
            cores=min(allowed, limits.quota) if isinstance(limits.quota, float) else allowed,
            busy_seconds=0.0,
            memory_available_bytes=min(value for value in left if isinstance(value, int)),
            memory_limit_bytes=min(value for value in most if isinstance(value, int)),
            cpu_pressure=self._pressure("cpu"),
            memory_pressure=self._pressure("memory"),
            io_pressure=self._pressure("io"),
        )

    def _allowed(self) -> set[int]:
        """The processors on which it may run and that are there."""
        status = procstat.status(found(self._world.text(f"/proc/{self._pid}/status")))
        there = cpuinfo.listed(found(self._world.text("/sys/devices/system/cpu/online")))
        allowed = cpuinfo.listed(status.get("Cpus_allowed_list", ""))
        return (allowed & there) or there or allowed

    def _group(self) -> list[str]:
        """The files that count the CPU time of its group, of version 2 and of version 1."""
        groups = self._groups
        if isinstance(groups, Unknown):
            return []
        second = [
            f"{folder}/cpu.stat"
            for folder in groups.folders("cpu", 2)
            if cgroup.cpu_max(found(self._world.text(f"{folder}/cpu.max"))) is not None
        ]
        first = [f"{folder}/cpuacct.usage" for folder in groups.folders("cpuacct", 1)[:1]]
        return [*second[:1], *first]

    def _busy_seconds(self) -> float:
        for path in self._quota_group:
            seconds = cgroup.used_seconds(found(self._world.text(path)))
            if seconds is not None:
                return seconds
        if not isinstance(self._stat, int):
            return 0.0
        text = os.pread(self._stat, _STAT_BYTES, 0).decode("ascii", "replace")
        return procstat.busy_seconds(text, self._cpus)

    def _pressure(self, name: str) -> Maybe[float]:
        text = self._world.text(f"/proc/pressure/{name}")
        if isinstance(text, str):
            return meminfo.average_percent(text, "some", _AVERAGE_SECONDS)
        return (
            text if isinstance(text, Unknown) else Unknown("the kernel keeps no pressure figures")
        )


def _opened(world: World) -> int | Unknown:
    try:
        return os.open(world.open_path("/proc/stat"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        return Unknown(f"/proc/stat: {error.strerror}")

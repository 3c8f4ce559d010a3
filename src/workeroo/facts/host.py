"""What may this host give to Odoo: how many cores, how much memory, under what pressure?

The container's truth counts, not the machine's: a quota or limit of the cgroup wins over what the
hardware has.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.evidence import Evidence, Maybe, Unknown


class Cores(msgspec.Struct, frozen=True, kw_only=True):
    """The processors, by each of the ways in which they can be limited.

    Attributes:
        logical: processors that the kernel schedules on (`nproc --all`).
        physical: cores behind them, fewer where there is hyper-threading.
        affinity: processors that the server's processes may use (mask of the Odoo master where
            there is one, else of this process).
        quota: cores' worth of time by the cgroup (cpu.max, cpu.cfs_quota_us); None when unlimited.
        declared: the user said so (`--cores`).
    """

    logical: int
    physical: Maybe[int] = Unknown("not looked at")
    affinity: Maybe[int] = Unknown("not looked at")
    quota: float | Unknown | None = None
    declared: bool = False

    @property
    def usable(self) -> float:
        """Cores that Odoo can really keep busy: the smallest of all limits."""
        return min(value for value, _ in self._limits())

    @property
    def whole(self) -> int:
        """`usable` for formulas that count cores: rounded down, at least one."""
        return max(1, int(self.usable))

    @property
    def evidence(self) -> Evidence:
        """Which limit makes `usable` what it is."""
        if self.declared:
            return Evidence("declared", f"{self.logical} cores", "--cores")
        return min(self._limits(), key=lambda limit: limit[0])[1]

    def _limits(self) -> list[tuple[float, Evidence]]:
        limits: list[tuple[float, Evidence]] = [
            (self.logical, Evidence("read", f"{self.logical} logical cores", "/proc/cpuinfo")),
        ]
        if isinstance(self.affinity, int):
            text = f"{self.affinity} cores by the affinity mask"
            limits.append((self.affinity, Evidence("read", text, "/proc/PID/status")))
        if isinstance(self.quota, (int, float)):
            text = f"{self.quota:g} cores by the cgroup's quota"
            limits.append((self.quota, Evidence("read", text, "cpu.max or cpu.cfs_quota_us")))
        return limits


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """The memory in bytes, by the machine and by the cgroup.

    Attributes:
        total_bytes: MemTotal of the machine.
        available_bytes: what can still be given without swapping: MemAvailable, or in a limited
            cgroup what is left there if less.
        limit_bytes: the cgroup's limit (memory.max, memory.limit_in_bytes); None when unlimited.
        swap_total_bytes, swap_used_bytes: of the machine.
        declared: the user said so (`--memory`).
    """

    total_bytes: int
    available_bytes: Maybe[int] = Unknown("not looked at")
    limit_bytes: int | Unknown | None = None
    swap_total_bytes: Maybe[int] = Unknown("not looked at")
    swap_used_bytes: Maybe[int] = Unknown("not looked at")
    declared: bool = False

    @property
    def usable_bytes(self) -> int:
        """The memory that all processes of the server share: the limit where it is less."""
        if isinstance(self.limit_bytes, int):
            return min(self.total_bytes, self.limit_bytes)
        return self.total_bytes

    @property
    def evidence(self) -> Evidence:
        """Which limit makes `usable_bytes` what it is."""
        if self.declared:
            return Evidence("declared", "memory as given", "--memory")
        if self.usable_bytes < self.total_bytes:
            source = "memory.max or memory.limit_in_bytes"
            return Evidence("read", "the cgroup's memory limit", source)
        return Evidence("read", "the machine's memory", "/proc/meminfo MemTotal")


class Pressure(msgspec.Struct, frozen=True, kw_only=True, tag="pressure"):
    """Share of the last 60 seconds lost waiting, in percent, from /proc/pressure (PSI)."""

    cpu_some_percent: float
    memory_some_percent: float
    memory_full_percent: float
    io_some_percent: float
    io_full_percent: float


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """Of the network namespace that Odoo listens in.

    Attributes:
        somaxconn: the kernel's cap on every listen backlog.
        listen_overflows: connections refused by a full accept queue since boot (ListenOverflows).
        listen_drops: connections dropped at a listening socket since boot (ListenDrops).
    """

    somaxconn: Maybe[int] = Unknown("not looked at")
    listen_overflows: Maybe[int] = Unknown("not looked at")
    listen_drops: Maybe[int] = Unknown("not looked at")


HostKind = Literal["bare", "virtual machine", "container"]


class Host(msgspec.Struct, frozen=True, kw_only=True, tag="host"):
    """The machine or container that Odoo runs on.

    Attributes:
        kind: bare metal, virtual machine or container.
        steal_percent: time since boot that the hypervisor took away from this machine.
        open_files: this process's own soft limit on open files (each server process carries its
            own in `facts/process.py`).
    """

    cores: Cores
    memory: Memory
    kind: Maybe[HostKind] = Unknown("not looked at")
    virtualization: str | None = None
    kernel: Maybe[str] = Unknown("not looked at")
    distribution: Maybe[str] = Unknown("not looked at")
    pressure: Maybe[Pressure] | None = None
    network: Network = Network()
    steal_percent: Maybe[float] = Unknown("not looked at")
    open_files: Maybe[int] = Unknown("not looked at")

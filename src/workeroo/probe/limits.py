"""What do the control groups of a process allow it, from its own up to the root?"""

from __future__ import annotations

from functools import cache, partial

import msgspec

from workeroo.evidence import Unknown
from workeroo.facts import cgroup, cpuinfo, procstat
from workeroo.probe.world import World, found, why_not

_MOUNTS = "/proc/self/mountinfo"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a process may use at most.

    Attributes:
        quota: cores' worth of time, None for no quota.
        memory_bytes: None for no limit.
        memory_left_bytes: what is left below the limits, None for no limit.
        affinity: how many processors its mask names.
    """

    quota: float | Unknown | None = None
    memory_bytes: int | Unknown | None = None
    memory_left_bytes: int | None = None
    affinity: int | Unknown = Unknown("not looked at")


class Groups:
    """The cgroups of a process; each folder is worked out once, since a watch asks again and again.

    Args:
        member_of: its cgroup by controller.
        mounted: where the trees are.
    """

    def __init__(self, member_of: dict[str, str], mounted: list[cgroup.Mount]) -> None:
        self._levels = cache(partial(cgroup.levels, member_of=member_of, mounted=mounted))

    def folders(self, controller: str, version: cgroup.Version) -> list[str]:
        """The folders from the process's own cgroup up to the mount."""
        levels = self._levels(controller, version=version)
        return levels if isinstance(levels, list) else []

    def hidden(self, controller: str) -> Unknown | None:
        """Why the cgroups of a controller cannot be looked at, where they cannot."""
        versions: tuple[cgroup.Version, ...] = (1, 2)
        told = [self._levels(controller, version=version) for version in versions]
        return next((levels for levels in told if isinstance(levels, Unknown)), None)


def limits_of(world: World, pid: int | str) -> Limits:
    """The tightest limits on a process; `pid` may be "self"."""
    return limits_in(world, groups_of(world, pid), _affinity(world, pid))


def limits_in(world: World, groups: Groups | Unknown, affinity: int | Unknown) -> Limits:
    """The tightest limits of the cgroups of a process that may run on so many processors."""
    if isinstance(groups, Unknown):
        return Limits(quota=groups, memory_bytes=groups, affinity=affinity)
    quotas = [*_quotas_1(world, groups), *_quotas_2(world, groups)]
    levels = [*_memory_1(world, groups), *_memory_2(world, groups)]
    left = [max(0, v.limit_bytes - v.used_bytes) for v in levels if v.used_bytes is not None]
    return Limits(
        quota=round(min(quotas), 3) if quotas else groups.hidden("cpu"),
        memory_bytes=min((level.limit_bytes for level in levels), default=groups.hidden("memory")),
        memory_left_bytes=min(left, default=None),
        affinity=affinity,
    )


def _affinity(world: World, pid: int | str) -> int | Unknown:
    path = f"/proc/{pid}/status"
    status = world.text(path)
    if not isinstance(status, str):
        return why_not(status, path)
    allowed = procstat.status(status).get("Cpus_allowed_list", "")
    return cpuinfo.count_list(allowed) or Unknown(f"{path} names no processors")


def groups_of(world: World, pid: int | str) -> Groups | Unknown:
    """The cgroups of a process."""
    path = f"/proc/{pid}/cgroup"
    member_of, mounted = world.text(path), world.text(_MOUNTS)
    if not isinstance(member_of, str):
        return why_not(member_of, path)
    if not isinstance(mounted, str):
        return why_not(mounted, _MOUNTS)
    return Groups(cgroup.membership(member_of), cgroup.mounts(mounted))


def _quotas_1(world: World, groups: Groups) -> list[float]:
    quotas = []
    for folder in groups.folders("cpu", 1):
        quota = world.text(f"{folder}/cpu.cfs_quota_us")
        period = world.text(f"{folder}/cpu.cfs_period_us")
        if isinstance(quota, str) and isinstance(period, str):
            quotas.append(cgroup.cfs_quota(quota, period))
    return [quota for quota in quotas if quota is not None]


def _quotas_2(world: World, groups: Groups) -> list[float]:
    texts = (world.text(f"{folder}/cpu.max") for folder in groups.folders("cpu", 2))
    quotas = (cgroup.cpu_max(text) for text in texts if isinstance(text, str))
    return [quota for quota in quotas if quota is not None]


def _memory_1(world: World, groups: Groups) -> list[cgroup.Level]:
    levels = []
    for folder in groups.folders("memory", 1):
        stat = found(world.text(f"{folder}/memory.stat"))
        # Says the tightest limit of all levels above too, also of those outside of a container.
        above = cgroup.memory_limit(
            str(cgroup.stat_value(stat, "hierarchical_memory_limit") or "max")
        )
        own = world.text(f"{folder}/memory.limit_in_bytes")
        limit = cgroup.memory_limit(own) if isinstance(own, str) else None
        limits = [value for value in (limit, above) if value is not None]
        if limits:
            used = world.text(f"{folder}/memory.usage_in_bytes")
            inactive = cgroup.stat_value(stat, "total_inactive_file")
            levels.append(cgroup.Level(limit_bytes=min(limits), used_bytes=_used(used, inactive)))
    return levels


def _memory_2(world: World, groups: Groups) -> list[cgroup.Level]:
    levels = []
    for folder in groups.folders("memory", 2):
        text = world.text(f"{folder}/memory.max")
        limit = cgroup.memory_limit(text) if isinstance(text, str) else None
        if limit is not None:
            used = world.text(f"{folder}/memory.current")
            stat = found(world.text(f"{folder}/memory.stat"))
            inactive = cgroup.stat_value(stat, "inactive_file")
            levels.append(cgroup.Level(limit_bytes=limit, used_bytes=_used(used, inactive)))
    return levels


def _used(text: str | Unknown | None, inactive_bytes: int | None) -> int | None:
    """What is charged, less file pages that the kernel gives back as soon as it is asked."""
    return int(text) - (inactive_bytes or 0) if isinstance(text, str) else None

"""Which control groups hold a process, and what do they allow?

Version 1 has one tree per controller, version 2 one tree for all; a hybrid system has both. A
limit may be set at any level, so the smallest on the way up counts.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal

import msgspec

from workeroo.evidence import Unknown

Version = Literal[1, 2]

UNLIMITED_V1_BYTES = 2**62
"""Version 1 says "no limit" with the largest number of whole pages, just below 2**63."""


class Mount(msgspec.Struct, frozen=True):
    """One mounted cgroup tree.

    Attributes:
        root: the cgroup that is seen at `point`: "/" or, in a container, the container's own.
        point: the folder it is mounted on.
        controllers: of version 1 ("cpu", "memory"); empty for version 2.
    """

    root: str
    point: str
    version: Version
    controllers: frozenset[str] = frozenset()


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """What one level of the tree says of memory.

    Attributes:
        used_bytes: charged now, less what the kernel can give back at once (inactive file pages).
    """

    limit_bytes: int
    used_bytes: int | None = None


def membership(text: str) -> dict[str, str]:
    """Read /proc/PID/cgroup: controller to path, with "" for the tree of version 2."""
    found = {}
    for line in text.splitlines():
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        for name in names.split(","):
            found[name] = path
    return found


def mounts(mountinfo: str) -> list[Mount]:
    """Read the cgroup trees out of /proc/PID/mountinfo."""
    found = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if len(fields) < 5 or len(kinds) < 3:  # noqa: PLR2004 - fields of proc(5)
            continue
        root, point = _unescape(fields[3]), _unescape(fields[4])
        if kinds[0] == "cgroup2":
            found.append(Mount(root, point, 2))
        elif kinds[0] == "cgroup":
            found.append(Mount(root, point, 1, frozenset(kinds[2].split(","))))
    return found


def levels(
    controller: str, member_of: dict[str, str], mounted: list[Mount], version: Version
) -> list[str] | Unknown | None:
    """The folders of a process's cgroups, innermost first, up to the mount.

    None where the controller is not in a tree of this version; Unknown where the cgroup lies
    outside of what is mounted.
    """
    mount = _tree(controller, mounted, version)
    path = member_of.get(controller if version == 1 else "")
    if mount is None or path is None:
        return None
    if ".." in PurePosixPath(path).parts:
        return Unknown(f"the {controller} cgroup {path} lies outside of this container")
    if not PurePosixPath(path).is_relative_to(mount.root):
        # A container that mounts its own cgroup as root, but reads its path as the host sees it.
        return Unknown(f"the {controller} cgroup {path} is not below the mounted {mount.root}")
    inner = PurePosixPath(path).relative_to(mount.root)
    point = PurePosixPath(mount.point)
    return [str(point / folder) for folder in (inner, *inner.parents)]


def _tree(controller: str, mounted: list[Mount], version: Version) -> Mount | None:
    for mount in mounted:
        if mount.version == version and (version != 1 or controller in mount.controllers):
            return mount
    return None


def cpu_max(text: str) -> float | None:
    """Read cpu.max of version 2: "200000 100000" is two cores; None is no quota."""
    words = text.split()
    if not words or words[0] == "max":
        return None
    period = int(words[1]) if len(words) > 1 else 100_000  # the kernel's default, microseconds
    return int(words[0]) / period


def cfs_quota(quota: str, period: str) -> float | None:
    """Read cpu.cfs_quota_us and cpu.cfs_period_us of version 1; None is no quota."""
    microseconds = int(quota)
    return microseconds / int(period) if microseconds > 0 else None


def memory_limit(text: str) -> int | None:
    """Read memory.max or memory.limit_in_bytes; None is no limit."""
    if text.strip() == "max":
        return None
    limit = int(text)
    return limit if limit < UNLIMITED_V1_BYTES else None


def stat_value(text: str, name: str) -> int | None:
    """One line of memory.stat."""
    match = re.search(rf"^{re.escape(name)} (\d+)$", text, re.MULTILINE)
    return int(match[1]) if match else None


def used_seconds(text: str) -> float | None:
    """CPU time of a group: cpu.stat of version 2, or cpuacct.usage of version 1."""
    if text.strip().isdecimal():
        return int(text) / 1e9  # nanoseconds
    microseconds = stat_value(text, "usage_usec")
    return None if microseconds is None else microseconds / 1e6


def container_id(member_of: dict[str, str]) -> str | None:
    """The container that a cgroup path names: Docker, Podman, containerd, Kubernetes or LXC."""
    for path in member_of.values():
        if match := re.search(r"(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?(?:/|$)", path):
            return match[1]
        if match := re.search(r"/lxc(?:\.payload)?[./]([^/]+)", path):
            return match[1]
    return None


def _unescape(field: str) -> str:
    r"""Octal escapes of mountinfo: a space is written as \040."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)

"""As which process sees it: the host's files, or those of a container?"""

from __future__ import annotations

from workeroo.evidence import Unknown
from workeroo.facts.cgroup import container_id, membership
from workeroo.probe.world import World, found


def own_root(world: World, pid: int) -> World | Unknown:
    """The files as a process sees them; the same world where it shares the host's.

    A user who may not follow the process's root link is given the host's files, unless its
    cgroup is one of a container.
    """
    theirs, ours = world.link(f"/proc/{pid}/ns/mnt"), world.link("/proc/self/ns/mnt")
    if isinstance(theirs, str) and isinstance(ours, str):
        return world if theirs == ours else world.inside(f"/proc/{pid}/root")
    container = container_of(world, pid)
    if container is None:
        return world
    return Unknown(f"this user may not look into the container {container[:12]}")


def container_of(world: World, pid: int) -> str | None:
    """The id of the container that a process runs in, where it is not our own."""
    theirs = container_id(membership(found(world.text(f"/proc/{pid}/cgroup"))))
    ours = container_id(membership(found(world.text("/proc/self/cgroup"))))
    return None if theirs == ours else theirs

"""All that is known of this host and its Odoos, in one snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeVar

from workeroo import __version__
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.servers import Seen, Server, orphans, servers
from workeroo.facts.snapshot import Blind, Facts
from workeroo.probe.deployments import read_deployment
from workeroo.probe.host import read_host
from workeroo.probe.limits import Limits, limits_of
from workeroo.probe.nginx import read_nginx
from workeroo.probe.odoo import read_environment
from workeroo.probe.processes import everything, held_sockets
from workeroo.probe.world import LIVE, World, found
from workeroo.units import format_bytes

N = TypeVar("N", int, float)


def collect(root: Path = LIVE) -> Facts:
    """Look at a host: this one, or one that is recorded below a folder."""
    return look(World(root), datetime.now(timezone.utc))


def look(world: World, now: datetime) -> Facts:
    """Everything that may be seen of a world."""
    running = everything(world)
    odoos = servers(running)
    nginxes = read_nginx(world, running)
    seen = [read_deployment(world, server, nginxes, running) for server in odoos]
    limits = {server.top.pid: limits_of(world, server.top.pid) for server in odoos}
    return Facts(
        collected_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        collected_by=f"workeroo {__version__}",
        host=read_host(world, next(iter(limits), None), _widest(limits)),
        deployments=[deployment for deployment in seen if deployment is not None],
        blind=[*_hidden(world), *_closed(world, odoos), *_orphaned(running), *_narrower(limits)],
    )


def running_deployments(root: Path = LIVE) -> list[Deployment]:
    """The Odoos that run here, without their PostgreSQL and proxy: to find one that is watched."""
    world = World(root)
    running = everything(world)
    found = (
        read_deployment(world, server, None, running, ask_postgres=False)
        for server in servers(running)
    )
    return [deployment for deployment in found if deployment is not None]


def _widest(limits: Mapping[int, Limits]) -> Limits | None:
    """Several Odoos under different limits share what the host has: the widest limit is its own."""
    if not limits:
        return None
    return Limits(
        quota=_loosest(each.quota for each in limits.values()),
        memory_bytes=_loosest(each.memory_bytes for each in limits.values()),
        memory_left_bytes=_left(limits.values()),
        affinity=_most([each.affinity for each in limits.values()]),
    )


def _most(values: list[int | Unknown]) -> int | Unknown:
    numbers = [value for value in values if not isinstance(value, Unknown)]
    return max(numbers) if numbers else values[0]


def _left(limits: Iterable[Limits]) -> int | None:
    left = [each.memory_left_bytes for each in limits]
    return None if None in left else max(value for value in left if value is not None)


def _loosest(values: Iterable[N | Unknown | None]) -> N | Unknown | None:
    """No limit is looser than any; a limit that is not known says nothing."""
    told = list(values)
    if None in told:
        return None
    numbers = [value for value in told if not isinstance(value, Unknown) and value is not None]
    return max(numbers) if numbers else told[0]


def _hidden(world: World) -> Iterator[Blind]:
    """A /proc that shows each user only their own processes."""
    options = re.findall(
        r" - proc \S+ (\S+)$", found(world.text("/proc/self/mountinfo")), re.MULTILINE
    )
    for option in ",".join(options).split(","):
        name, _, value = option.partition("=")
        if name == "hidepid" and value not in ("0", "off"):
            yield Blind("processes of other users", f"/proc is mounted with {option}")


def _closed(world: World, odoos: Iterable[Server]) -> Iterator[Blind]:
    """What is not seen of an Odoo and has no place of its own in a deployment."""
    for server in odoos:
        pid = server.top.pid
        environment = read_environment(world, pid)
        if isinstance(environment, Unknown):
            yield Blind(f"environment of process {pid}", environment.reason)
        sockets = held_sockets(world, pid)
        if isinstance(sockets, Unknown):
            yield Blind(f"ports that process {pid} listens on", sockets.reason)


def _orphaned(running: list[Seen]) -> Iterator[Blind]:
    for process in orphans(running):
        reason = "a worker or evented process whose master is gone: it belongs to no deployment"
        yield Blind(f"process {process.pid}", reason)


def _narrower(limits: Mapping[int, Limits]) -> Iterator[Blind]:
    """The host has one limit; an Odoo below a tighter one is told apart."""
    widest = _widest(limits)
    for pid, each in limits.items():
        if widest is None or _bounds(each) == _bounds(widest):
            continue
        if each.affinity != widest.affinity:
            yield Blind(
                f"cores of process {pid}",
                f"its mask names {each.affinity} of the {widest.affinity} that the widest of all "
                "Odoos may use; the host shows those",
            )
        if _bounds(each)[:2] == _bounds(widest)[:2]:
            continue
        quota = f"{each.quota:g} cores" if isinstance(each.quota, float) else "no quota"
        memory = each.memory_bytes
        text = format_bytes(memory) if isinstance(memory, int) else "no memory limit"
        reason = f"its own cgroup says {quota}, {text}; the host shows the widest of all Odoos"
        yield Blind(f"limits of process {pid}", reason)


def _bounds(limits: Limits) -> tuple[object, ...]:
    return limits.quota, limits.memory_bytes, limits.affinity

"""How many cores, how much memory, what pressure, which kind of host?"""

from __future__ import annotations

from workeroo.evidence import Maybe, Unknown
from workeroo.facts import cpuinfo, meminfo, procstat, virtualization
from workeroo.facts.host import Cores, Host, HostKind, Memory, Network, Pressure
from workeroo.probe.limits import Limits, limits_of
from workeroo.probe.world import World, found, why_not

_CPUS = "/sys/devices/system/cpu"
_FIRMWARE = ("sys_vendor", "product_name", "board_vendor", "bios_vendor")


def read_host(world: World, master: int | None, limits: Limits | None = None) -> Host | Unknown:
    """The host, as an Odoo master may use it.

    Args:
        world: where to look.
        master: the process whose limits and network count; None where no Odoo runs.
        limits: that hold for Odoo; those of this process when not given.
    """
    pid = "self" if master is None else str(master)
    limits = limits or limits_of(world, pid)
    memory = _memory(world, limits)
    cores = _cores(world, limits)
    if isinstance(memory, Unknown):
        return memory
    if isinstance(cores, Unknown):
        return cores
    kind, virtual = read_kind(world)
    return Host(
        cores=cores,
        memory=memory,
        kind=kind,
        virtualization=virtual,
        kernel=_kernel(world),
        distribution=_distribution(world),
        pressure=_pressure(world),
        network=read_network(world, pid),
        steal_percent=_steal(world),
        open_files=_open_files(world),
    )


def read_network(world: World, pid: str) -> Network:
    """Counters of a process's network; somaxconn only where it is this process's network too."""
    text = world.text(f"/proc/{pid}/net/netstat")
    if not isinstance(text, str):
        reason = why_not(text, f"/proc/{pid}/net/netstat")
        return Network(somaxconn=reason, listen_overflows=reason, listen_drops=reason)
    return Network(
        somaxconn=_somaxconn(world, pid),
        listen_overflows=_counter(text, "ListenOverflows"),
        listen_drops=_counter(text, "ListenDrops"),
    )


def _cores(world: World, limits: Limits) -> Cores | Unknown:
    cpus = found(world.text("/proc/cpuinfo"))
    online = cpuinfo.count_list(found(world.text(f"{_CPUS}/online")))
    logical = online or len(cpuinfo.processors(cpus))
    if not logical:
        return Unknown(f"neither {_CPUS}/online nor /proc/cpuinfo says how many cores there are")
    siblings = world.glob(f"{_CPUS}/cpu[0-9]*/topology/thread_siblings_list")
    return Cores(
        logical=logical,
        physical=cpuinfo.physical_cores(cpus, (found(world.text(path)) for path in siblings)),
        affinity=limits.affinity,
        quota=limits.quota,
    )


def _memory(world: World, limits: Limits) -> Memory | Unknown:
    text = world.text("/proc/meminfo")
    seen = meminfo.meminfo(found(text))
    if "MemTotal" not in seen:
        return why_not(text if isinstance(text, Unknown) else None, "/proc/meminfo")
    left = [seen.get("MemAvailable"), limits.memory_left_bytes]
    available = min((value for value in left if value is not None), default=None)
    no_swap = Unknown("/proc/meminfo does not say")
    return Memory(
        total_bytes=seen["MemTotal"],
        available_bytes=Unknown("kernel before 3.14") if available is None else available,
        limit_bytes=limits.memory_bytes,
        swap_total_bytes=seen.get("SwapTotal", no_swap),
        swap_used_bytes=seen["SwapTotal"] - seen["SwapFree"] if "SwapFree" in seen else no_swap,
    )


def _pressure(world: World) -> Maybe[Pressure]:
    texts = []
    for name in ("cpu", "memory", "io"):
        text = world.text(f"/proc/pressure/{name}")
        if not isinstance(text, str):
            missing = Unknown("the kernel keeps no pressure figures (/proc/pressure)")
            return text if isinstance(text, Unknown) else missing
        texts.append(text)
    return meminfo.pressure(*texts)


def _somaxconn(world: World, pid: str) -> Maybe[int]:
    """The kernel shows each reader the value of its own network, whatever path it reads."""
    if pid != "self" and not _same_network(world, pid):
        return Unknown("Odoo's network is another than this process's, whose value alone is seen")
    path = "/proc/sys/net/core/somaxconn"
    text = world.text(path)
    return int(text) if isinstance(text, str) else why_not(text, path)


def _same_network(world: World, pid: str) -> bool:
    """By the namespace where its link may be read, else by the sockets that both see listening."""
    theirs, ours = world.link(f"/proc/{pid}/ns/net"), world.link("/proc/self/ns/net")
    if isinstance(theirs, str) and isinstance(ours, str):
        return theirs == ours
    seen = [procstat.listeners(found(world.text(f"/proc/{p}/net/tcp"))) for p in (pid, "self")]
    return seen[0] == seen[1]


def _counter(netstat: str, name: str) -> Maybe[int]:
    value = procstat.counter(netstat, name)
    return Unknown(f"the kernel does not count {name}") if value is None else value


def _steal(world: World) -> Maybe[float]:
    text = world.text("/proc/stat")
    percent = procstat.steal_percent(found(text))
    if percent is not None:
        return percent
    return why_not(text if isinstance(text, Unknown) else None, "the steal column of /proc/stat")


def _open_files(world: World) -> Maybe[int]:
    path = "/proc/self/limits"
    text = world.text(path)
    if not isinstance(text, str):
        return why_not(text, path)
    limit = procstat.limit(text, "Max open files")
    return Unknown("unlimited") if limit is None else limit


def _kernel(world: World) -> Maybe[str]:
    path = "/proc/sys/kernel/osrelease"
    text = world.text(path)
    return text.strip() if isinstance(text, str) else why_not(text, path)


def read_kind(world: World) -> tuple[Maybe[HostKind], str | None]:
    """Whether this is bare metal, a virtual machine or a container, and what makes it one."""
    return virtualization.kind_of(_signs(world))


def _distribution(world: World) -> Maybe[str]:
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        if name := virtualization.pretty_name(found(world.text(path))):
            return name
    return Unknown("there is no os-release")


def _signs(world: World) -> virtualization.Signs:
    variables = found(world.text("/proc/1/environ")).split("\0")
    firmware = [found(world.text(f"/sys/class/dmi/id/{name}")).strip() for name in _FIRMWARE]
    return virtualization.Signs(
        container_file=found(world.text("/run/systemd/container")) or None,
        container_variable=next((v[10:] for v in variables if v.startswith("container=")), None),
        dockerenv=world.is_there("/.dockerenv") is True,
        containerenv=world.is_there("/run/.containerenv") is True,
        first_cgroup=found(world.text("/proc/1/cgroup")),
        firmware="\n".join(filter(None, firmware)) or None,
        hypervisor_type=found(world.text("/sys/hypervisor/type")) or None,
        hypervised=cpuinfo.is_hypervised(found(world.text("/proc/cpuinfo"))),
    )

"""What do the files of /proc say of a process, of time, and of sockets?"""

from __future__ import annotations

import re

import msgspec

from workeroo.units import KIB

TICKS_PER_SECOND = 100
"""USER_HZ: the unit of times in /proc/stat on every architecture that Odoo runs on (time(7))."""

_LISTEN = "0A"
"""TCP_LISTEN of the kernel's include/net/tcp_states.h, as /proc/net/tcp writes it."""


class Stat(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of /proc/PID/stat that matter here."""

    state: str
    parent_pid: int
    cpu_seconds: float
    nice: int
    threads: int
    started_after_boot_seconds: float


def stat(text: str) -> Stat:
    """Read /proc/PID/stat; the command in brackets may itself hold spaces and brackets."""
    fields = text[text.rindex(")") + 2 :].split()
    # The numbers are those of proc(5) less three: pid and command stand before.
    return Stat(
        state=fields[0],
        parent_pid=int(fields[1]),
        cpu_seconds=(int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND,
        nice=int(fields[16]),
        threads=int(fields[17]),
        started_after_boot_seconds=int(fields[19]) / TICKS_PER_SECOND,
    )


def command(text: str) -> str:
    """The command in the brackets of /proc/PID/stat: "systemd"; the kernel cuts it at 15 bytes."""
    return text.partition("(")[2].rpartition(")")[0]


def status(text: str) -> dict[str, str]:
    """Read /proc/PID/status: name to text."""
    return dict(re.findall(r"^(\w+):[ \t]*(.*)$", text, re.MULTILINE))


def kilobytes(text: str, name: str) -> int | None:
    """One line of status or smaps_rollup in bytes: "VmRSS:    152340 kB"."""
    match = re.search(rf"^{name}:\s+(\d+) kB$", text, re.MULTILINE)
    return int(match[1]) * KIB if match else None


def unshared(smaps_rollup: str) -> int:
    """Bytes that only this process holds (USS)."""
    names = ("Private_Clean", "Private_Dirty", "Private_Hugetlb")
    return sum(kilobytes(smaps_rollup, name) or 0 for name in names)


def limit(text: str, name: str) -> int | None:
    """A soft limit of /proc/PID/limits; None is unlimited.

    Raises:
        ValueError: when the file has no such line.
    """
    match = re.search(rf"^{re.escape(name)}\s+(\S+)", text, re.MULTILINE)
    if match is None:
        raise ValueError(name)
    return None if match[1] == "unlimited" else int(match[1])


def booted_at(text: str) -> float | None:
    """Unix time of the boot, from /proc/stat."""
    match = re.search(r"^btime (\d+)$", text, re.MULTILINE)
    return float(match[1]) if match else None


def steal_percent(text: str) -> float | None:
    """Share of the time since boot that the hypervisor gave to others, from /proc/stat."""
    match = re.search(r"^cpu +(.*)$", text, re.MULTILINE)
    # user nice system idle iowait irq softirq steal; what follows is counted in user already.
    times = [int(word) for word in match[1].split()[:8]] if match else []
    total = sum(times)
    if len(times) < 8 or not total:  # noqa: PLR2004 - before Linux 2.6.11 there was no steal
        return None
    return round(100 * times[7] / total, 2)


def busy_seconds(text: str, cpus: set[int]) -> float:
    """CPU time that was used on some processors since the boot, from /proc/stat."""
    ticks = 0
    for line in text.splitlines():
        name, _, times = line.partition(" ")
        if name[:3] == "cpu" and name[3:].isdecimal() and int(name[3:]) in cpus:
            # user nice system idle iowait irq softirq steal: all but the idle two and the stolen.
            used = [int(word) for word in times.split()[:7]]
            ticks += sum(used) - sum(used[3:5])
        elif name[:3] != "cpu":
            break
    return ticks / TICKS_PER_SECOND


def listeners(text: str) -> dict[str, int]:
    """Listening sockets of /proc/PID/net/tcp or tcp6: inode to port."""
    found = {}
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 9 and fields[3] == _LISTEN:  # noqa: PLR2004 - the inode is field 9
            found[fields[9]] = int(fields[1].rpartition(":")[2], 16)
    return found


def counter(text: str, name: str) -> int | None:
    """One counter of /proc/net/netstat, whose lines come in pairs: names, then numbers."""
    lines = text.splitlines()
    for names, numbers in zip(lines[::2], lines[1::2]):  # noqa: B905 - strict= cuts a cut file
        columns = names.split()
        if name in columns and columns[0] == numbers.split()[0]:
            return int(numbers.split()[columns.index(name)])
    return None

"""Is a container's own share seen while it is watched, and as it changes?"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from workeroo.evidence import Unknown
from workeroo.probe.pulsehost import HostWatch
from workeroo.probe.world import World

MIB = 1024**2
GROUP = "sys/fs/cgroup/odoo.slice"

FILES = {
    "proc/7/status": "Name:\tpython\nCpus_allowed_list:\t0-3\n",
    "proc/7/cgroup": "0::/odoo.slice\n",
    "proc/self/mountinfo": "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
    "proc/stat": "cpu  900 0 100 5000 10 0 0 40\ncpu0 300 0 50 2500 5 0 0 20\n"
    "cpu1 600 0 50 2500 5 0 0 20\nintr 5\n",
    "proc/meminfo": "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\n",
    "proc/pressure/cpu": "some avg10=12.50 avg60=1.00 avg300=0.00 total=1\n",
    "proc/pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n",
    "sys/devices/system/cpu/online": "0-1\n",
    f"{GROUP}/memory.max": f"{1024 * MIB}\n",
    f"{GROUP}/memory.current": f"{700 * MIB}\n",
    f"{GROUP}/memory.stat": f"anon 1\ninactive_file {100 * MIB}\n",
    f"{GROUP}/cpu.max": "max 100000\n",
    f"{GROUP}/cpu.stat": "usage_usec 2500000\nuser_usec 1\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    return tmp_path


def test_without_a_quota_the_cores_that_are_there_and_allowed_count(root: Path) -> None:
    with closing(HostWatch(World(root), 7)) as watch:
        seen = watch.look(0.0)

    assert (seen.cores, seen.busy_seconds) == (2.0, 10.0)  # idle, iowait and stolen time are not
    assert seen.cpu_pressure == 12.5
    assert isinstance(seen.io_pressure, Unknown)  # this kernel has no such file


def test_a_host_that_is_hidden_is_told(root: Path) -> None:
    (root / "proc/stat").unlink()  # as with ProcSubset=pid
    (root / "proc/meminfo").unlink()
    with closing(HostWatch(World(root), 7)) as watch:
        seen = watch.look(0.0)
        assert "not seen: /proc/stat: No such file" in (watch.trouble or "")

    assert seen.busy_seconds == 0


def test_a_quota_counts_by_the_time_of_its_own_group(root: Path) -> None:
    (root / GROUP / "cpu.max").write_text("50000 100000\n", encoding="ascii")
    with closing(HostWatch(World(root), 7)) as watch:
        seen = watch.look(0.0)

    assert (seen.cores, seen.busy_seconds) == (0.5, 2.5)


def test_a_memory_limit_that_is_lowered_is_seen(root: Path) -> None:
    with closing(HostWatch(World(root), 7)) as watch:
        before = watch.look(0.0)
        (root / GROUP / "memory.max").write_text(f"{650 * MIB}\n", encoding="ascii")
        assert watch.look(0.5).memory_limit_bytes == before.memory_limit_bytes  # not read yet
        after = watch.look(5.0)

    assert (before.memory_limit_bytes, before.memory_available_bytes) == (1024 * MIB, 424 * MIB)
    assert (after.memory_limit_bytes, after.memory_available_bytes) == (650 * MIB, 50 * MIB)


def test_of_version_1_the_group_has_its_time_in_nanoseconds(root: Path) -> None:
    mounts = "".join(
        f"3{n} 24 0:26 / /sys/fs/cgroup/{name} rw - cgroup cgroup rw,{name}\n"
        for n, name in enumerate(("cpu", "cpuacct", "memory"))
    )
    (root / "proc/self/mountinfo").write_text(mounts, encoding="ascii")
    (root / "proc/7/cgroup").write_text("3:cpuacct:/\n2:cpu:/\n1:memory:/\n", encoding="ascii")
    for name, text in {
        "cpu/cpu.cfs_quota_us": "150000",
        "cpu/cpu.cfs_period_us": "100000",
        "cpuacct/cpuacct.usage": "7500000000",
    }.items():
        path = root / "sys/fs/cgroup" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="ascii")
    with closing(HostWatch(World(root), 7)) as watch:
        seen = watch.look(0.0)

    assert (seen.cores, seen.busy_seconds) == (1.5, 7.5)

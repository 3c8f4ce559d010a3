"""Does the tightest limit on the way up win, in every kind of cgroup?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workeroo.evidence import Unknown
from workeroo.probe.limits import Limits, limits_of
from workeroo.probe.world import World

MakeWorld = Callable[[Mapping[str, str]], World]

V2 = {
    "/proc/self/mountinfo": "33 24 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
    "/proc/812/cgroup": "0::/system.slice/odoo.service\n",
}
LEAF = "/sys/fs/cgroup/system.slice/odoo.service"
SLICE = "/sys/fs/cgroup/system.slice"
V1 = {
    "/proc/self/mountinfo": (
        "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    ),
    "/proc/812/cgroup": "2:cpu:/a\n1:memory:/a/b\n",
}
UNSEEN = Unknown("/proc/812/status is not there")
UNLIMITED = "9223372036854771712\n"


def test_the_tightest_level_wins(make_world: MakeWorld) -> None:
    world = make_world(
        {
            **V2,
            f"{LEAF}/cpu.max": "400000 100000\n",
            f"{SLICE}/cpu.max": "150000 100000\n",
            f"{LEAF}/memory.max": "4000\n",
            f"{SLICE}/memory.max": "max\n",
        }
    )

    assert limits_of(world, 812) == Limits(quota=1.5, memory_bytes=4000, affinity=UNSEEN)


def test_what_is_left_does_not_count_file_pages_as_taken(make_world: MakeWorld) -> None:
    world = make_world(
        {
            **V2,
            f"{LEAF}/memory.max": "4000\n",
            f"{LEAF}/memory.current": "3500\n",
            f"{LEAF}/memory.stat": "anon 1\ninactive_file 500\n",
        }
    )

    assert limits_of(world, 812).memory_left_bytes == 1000


def test_a_cgroup_over_its_limit_has_nothing_left(make_world: MakeWorld) -> None:
    files = {**V2, f"{LEAF}/memory.max": "4000\n", f"{LEAF}/memory.current": "4100\n"}

    assert limits_of(make_world(files), 812).memory_left_bytes == 0


def test_version_1_knows_of_limits_above_the_container(make_world: MakeWorld) -> None:
    world = make_world(
        {
            **V1,
            "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "50000\n",
            "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": UNLIMITED,
            "/sys/fs/cgroup/memory/a/b/memory.stat": "hierarchical_memory_limit 2000\n",
        }
    )

    assert limits_of(world, 812) == Limits(quota=0.5, memory_bytes=2000, affinity=UNSEEN)


def test_no_limit_anywhere_is_none(make_world: MakeWorld) -> None:
    world = make_world(
        {
            **V1,
            "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "-1\n",
            "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": UNLIMITED,
        }
    )

    assert limits_of(world, 812) == Limits(affinity=UNSEEN)


def test_a_cgroup_out_of_sight_is_unknown(make_world: MakeWorld) -> None:
    limits = limits_of(make_world({**V2, "/proc/812/cgroup": "0::/../x\n"}), 812)

    assert isinstance(limits.quota, Unknown)
    assert isinstance(limits.memory_bytes, Unknown)


def test_without_proc_the_limits_are_unknown(make_world: MakeWorld) -> None:
    limits = limits_of(make_world({}), 812)

    assert limits.quota == Unknown("/proc/812/cgroup is not there")

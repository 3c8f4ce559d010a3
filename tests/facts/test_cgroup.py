"""Do the limits of control groups count at every level, in version 1 and 2?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.evidence import Unknown
from workeroo.facts import cgroup

V2 = "33 24 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
HYBRID = (
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
)
POD = "/kubepods/pod1/abc"
INSIDE_V1 = f"902 899 0:32 {POD} /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"


def test_every_level_up_to_the_mount_is_looked_at() -> None:
    member = cgroup.membership("0::/system.slice/odoo.service\n")

    assert cgroup.levels("cpu", member, cgroup.mounts(V2), 2) == [
        "/sys/fs/cgroup/system.slice/odoo.service",
        "/sys/fs/cgroup/system.slice",
        "/sys/fs/cgroup",
    ]


def test_a_container_with_its_own_namespace_sees_one_level() -> None:
    member = cgroup.membership("0::/\n")

    assert cgroup.levels("memory", member, cgroup.mounts(V2), 2) == ["/sys/fs/cgroup"]


def test_a_container_of_version_1_sees_its_own_cgroup_as_the_mount() -> None:
    member = cgroup.membership(f"4:memory:{POD}\n")

    assert cgroup.levels("memory", member, cgroup.mounts(INSIDE_V1), 1) == ["/sys/fs/cgroup/memory"]


def test_a_hybrid_system_has_its_controllers_in_version_1() -> None:
    member = cgroup.membership("9:cpu,cpuacct:/a\n8:memory:/a/b\n0::/\n")
    mounted = cgroup.mounts(HYBRID)

    assert cgroup.levels("cpu", member, mounted, 1) == [
        "/sys/fs/cgroup/cpu,cpuacct/a",
        "/sys/fs/cgroup/cpu,cpuacct",
    ]
    assert cgroup.levels("memory", member, mounted, 2) == ["/sys/fs/cgroup/unified"]


def test_a_cgroup_outside_of_the_container_is_unknown() -> None:
    member = cgroup.membership("0::/../other.scope\n")

    assert isinstance(cgroup.levels("cpu", member, cgroup.mounts(V2), 2), Unknown)


def test_a_cgroup_beside_the_mounted_one_is_unknown() -> None:
    member = cgroup.membership("4:memory:/kubepods/pod2\n")

    assert isinstance(cgroup.levels("memory", member, cgroup.mounts(INSIDE_V1), 1), Unknown)


def test_a_controller_that_is_not_mounted_has_no_levels() -> None:
    assert cgroup.levels("cpu", {}, [], 1) is None


def test_a_space_in_a_mount_point_is_read() -> None:
    assert cgroup.mounts(V2.replace("/sys/fs", "/my\\040sys"))[0].point == "/my sys/cgroup"


@pytest.mark.parametrize(
    ("text", "cores"), [("200000 100000\n", 2.0), ("max 100000\n", None), ("50000\n", 0.5)]
)
def test_cpu_max_is_cores(text: str, cores: float | None) -> None:
    assert cgroup.cpu_max(text) == cores


def test_a_quota_of_minus_one_is_none() -> None:
    assert cgroup.cfs_quota("-1\n", "100000\n") is None
    assert cgroup.cfs_quota("150000\n", "100000\n") == 1.5


@pytest.mark.parametrize("text", ["max\n", "9223372036854771712\n", "9223372036854710272\n"])
def test_no_memory_limit_is_said_in_two_ways(text: str) -> None:
    assert cgroup.memory_limit(text) is None


@given(st.integers(min_value=1, max_value=2**48))
def test_any_real_memory_limit_is_itself(limit: int) -> None:
    assert cgroup.memory_limit(f"{limit}\n") == limit


ID = "4f" * 32


@pytest.mark.parametrize(
    "path",
    [
        f"/docker/{ID}",
        f"/system.slice/docker-{ID}.scope",
        f"/machine.slice/libpod-{ID}.scope",
        f"/kubepods/burstable/pod2b1c/{ID}",
        f"/kubepods.slice/kubepods-pod2.slice/cri-containerd-{ID}.scope",
    ],
)
def test_a_container_is_named_by_its_cgroup(path: str) -> None:
    assert cgroup.container_id({"": path}) == ID


def test_a_service_is_no_container() -> None:
    assert cgroup.container_id({"": "/system.slice/odoo.service"}) is None


def test_an_lxc_container_has_a_name() -> None:
    assert cgroup.container_id({"": "/lxc.payload.shop/system.slice"}) == "shop"

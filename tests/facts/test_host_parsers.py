"""Are the kernel's figures of a host read as the kernel means them?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.evidence import Unknown
from workeroo.facts import cpuinfo, meminfo, procstat, virtualization
from workeroo.facts.virtualization import Signs, kind_of

TWO_CORES_FOUR_THREADS = "\n".join(
    f"processor\t: {n}\nphysical id\t: 0\ncore id\t\t: {n % 2}\nflags\t\t: fpu sse\n"
    for n in range(4)
)
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\n\nprocessor\t: 1\nBogoMIPS\t: 50.00\n"


@pytest.mark.parametrize(
    ("text", "count"), [("0-3\n", 4), ("0", 1), ("0-3,8,10-11\n", 7), ("", None), ("x", None)]
)
def test_a_list_of_processors_is_counted(text: str, count: int | None) -> None:
    assert cpuinfo.count_list(text) == count


def test_hyper_threads_are_not_cores() -> None:
    assert len(cpuinfo.processors(TWO_CORES_FOUR_THREADS)) == 4
    assert cpuinfo.physical_cores(TWO_CORES_FOUR_THREADS, []) == 2


def test_cores_are_found_by_their_siblings_where_cpuinfo_does_not_say() -> None:
    assert cpuinfo.physical_cores(ARM, ["0-1\n", "0-1\n"]) == 1


def test_cores_that_nothing_tells_of_are_unknown() -> None:
    assert isinstance(cpuinfo.physical_cores(ARM, []), Unknown)


def test_meminfo_is_in_bytes() -> None:
    seen = meminfo.meminfo("MemTotal:       24683656 kB\nHugePages_Total:       0\n")

    assert seen == {"MemTotal": 24683656 * 1024, "HugePages_Total": 0}


def test_pressure_is_that_of_the_last_minute() -> None:
    cpu = "some avg10=69.29 avg60=24.03 avg300=7.23 total=48529082\n"  # before Linux 5.13
    memory = "some avg10=0.00 avg60=1.50 avg300=0 total=0\nfull avg10=0 avg60=0.75 avg300=0 total=0"

    pressure = meminfo.pressure(cpu, memory, memory)

    assert (pressure.cpu_some_percent, pressure.memory_full_percent) == (24.03, 0.75)


def test_steal_is_a_share_of_all_time() -> None:
    assert procstat.steal_percent("cpu  50 0 20 20 0 0 0 10 5 0\ncpu0 1 2\n") == 10.0


def test_a_kernel_without_steal_says_nothing() -> None:
    assert procstat.steal_percent("cpu  50 0 20 20\n") is None
    assert procstat.steal_percent("") is None


NETSTAT = (
    "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 37 41\nIpExt: A\nIpExt: 5\n"
)


def test_listen_overflows_are_counted_by_name() -> None:
    assert procstat.counter(NETSTAT, "ListenOverflows") == 37
    assert procstat.counter(NETSTAT, "ListenDrops") == 41
    assert procstat.counter(NETSTAT, "A") == 5
    assert procstat.counter(NETSTAT, "Nothing") is None


@given(st.text())
def test_no_text_makes_the_host_parsers_fail(text: str) -> None:
    cpuinfo.physical_cores(text, [text])
    meminfo.meminfo(text)
    procstat.listeners(text)
    procstat.status(text)
    virtualization.pretty_name(text)


@pytest.mark.parametrize(
    ("signs", "kind", "what"),
    [
        (Signs(dockerenv=True, hypervised=True), "container", "docker"),
        (Signs(containerenv=True), "container", "podman"),
        (Signs(container_file="lxc\n"), "container", "lxc"),
        (Signs(container_variable="systemd-nspawn"), "container", "systemd-nspawn"),
        (Signs(first_cgroup="0::/kubepods/pod1/x\n"), "container", "kubernetes"),
        (Signs(firmware="QEMU\nStandard PC", hypervised=True), "virtual machine", "qemu"),
        (Signs(firmware="Amazon EC2\nm6i.large", hypervised=True), "virtual machine", "amazon"),
        (Signs(firmware="Amazon EC2\na1.metal", hypervised=False), "bare", None),
        (Signs(firmware="Microsoft Corporation\nSurface", hypervised=False), "bare", None),
        (Signs(hypervisor_type="xen\n"), "virtual machine", "xen"),
        (Signs(hypervised=True), "virtual machine", "unnamed hypervisor"),
        (Signs(firmware="Dell Inc.\nPowerEdge", hypervised=False), "bare", None),
    ],
)
def test_the_kind_of_host_is_told_by_its_signs(signs: Signs, kind: str, what: str | None) -> None:
    assert kind_of(signs) == (kind, what)


def test_a_host_without_signs_is_unknown() -> None:
    assert isinstance(kind_of(Signs())[0], Unknown)


def test_the_distribution_is_named_as_it_names_itself() -> None:
    text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n'

    assert virtualization.pretty_name(text) == "Debian GNU/Linux 12 (bookworm)"

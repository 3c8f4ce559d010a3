"""Is a whole host seen, also one that shows nearly nothing?"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from workeroo.evidence import Unknown
from workeroo.facts.host import Host
from workeroo.probe.collect import collect
from workeroo.probe.world import World

MakeWorld = Callable[[Mapping[str, str]], World]

AFTER_NAME = "S {parent} 1 1 0 -1 4194368 4066 0 0 0 600 250 0 0 20 0 2 0 299702 258457600 22155 1 "
ODOO = "/usr/bin/python3\0/usr/bin/odoo\0"
STATUS = "Uid:\t106\t106\t106\t106\nVmSize:\t 300000 kB\nVmRSS:\t 150000 kB\n"


def process(pid: int, parent: int, cmdline: str) -> dict[str, str]:
    return {
        f"/proc/{pid}/cmdline": cmdline,
        f"/proc/{pid}/stat": f"{pid} (python3) {AFTER_NAME.format(parent=parent)}",
        f"/proc/{pid}/status": STATUS,
    }


HARDWARE = {
    "/proc/cpuinfo": "processor\t: 0\nflags\t\t: fpu\n",
    "/proc/meminfo": "MemTotal: 2000000 kB\n",
}


def test_an_empty_world_is_unknown_and_no_failure(tmp_path: Path) -> None:
    facts = collect(tmp_path)

    assert isinstance(facts.host, Unknown)
    assert facts.deployments == []


def test_a_process_of_which_next_to_nothing_is_seen_is_still_a_deployment(
    make_world: MakeWorld,
) -> None:
    facts = collect(make_world({**HARDWARE, **process(812, 1, ODOO)}).root)
    (deployment,) = facts.deployments

    assert deployment.name == "odoo (pid 812)"
    assert isinstance(deployment.series, Unknown)
    assert deployment.settings == {}


def test_of_several_odoos_the_host_shows_the_widest_mask_and_tells_of_the_narrower(
    make_world: MakeWorld,
) -> None:
    files = {
        **HARDWARE,
        **process(812, 1, ODOO),
        **process(900, 1, ODOO),
        "/sys/devices/system/cpu/online": "0-3\n",
        "/proc/812/status": f"{STATUS}Cpus_allowed_list:\t0\n",
        "/proc/900/status": f"{STATUS}Cpus_allowed_list:\t0-3\n",
    }
    facts = collect(make_world(files).root)

    assert isinstance(facts.host, Host)
    assert facts.host.cores.affinity == 4
    told = {blind.what: blind.reason for blind in facts.blind}
    assert told["cores of process 812"].startswith("its mask names 1 of the 4")
    assert "cores of process 900" not in told


def test_a_process_that_ends_meanwhile_is_left_out(make_world: MakeWorld) -> None:
    files = {**process(812, 1, ODOO), **process(900, 1, ODOO)}
    del files["/proc/812/status"]
    (deployment,) = collect(make_world(files).root).deployments

    assert deployment.processes[0].pid == 900


def test_a_zombie_and_a_kernel_thread_are_no_candidates(make_world: MakeWorld) -> None:
    files = {**process(2, 0, ""), **process(812, 1, "")}

    assert collect(make_world(files).root).deployments == []


def test_orphaned_workers_are_said(make_world: MakeWorld) -> None:
    facts = collect(make_world(process(813, 1, "odoo: WorkerHTTP 813 \0")).root)

    assert facts.deployments == []
    assert facts.blind[0].what == "process 813"


def test_a_proc_that_hides_processes_is_said(make_world: MakeWorld) -> None:
    mounts = "22 27 0:21 / /proc rw,relatime - proc proc rw,hidepid=invisible\n"
    facts = collect(make_world({"/proc/self/mountinfo": mounts}).root)

    assert facts.blind[0].reason == "/proc is mounted with hidepid=invisible"


def test_a_series_that_is_not_known_leaves_the_settings_open(make_world: MakeWorld) -> None:
    release = "version_info = (11, 0, 0, FINAL, 0, '')\n"
    place = "/usr/lib/python3/dist-packages/odoo/release.py"
    (deployment,) = collect(make_world({**process(812, 1, ODOO), place: release}).root).deployments

    assert deployment.series == 11
    assert deployment.settings == {}


def test_this_host_is_seen() -> None:
    host = collect().host

    assert isinstance(host, Host)
    assert host.cores.affinity == len(os.sched_getaffinity(0))
    assert 0 < host.memory.usable_bytes <= host.memory.total_bytes

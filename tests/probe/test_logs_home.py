"""Is the log of an Odoo that runs here found, or said where it is?"""

from __future__ import annotations

import pytest
from msgspec import structs
from tests.probe.conftest import MakeWorld

from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.manager import Manager
from workeroo.facts.process import Process
from workeroo.probe.loghome import find_logs
from workeroo.probe.world import World

SAME_HOST = {"/proc/self/ns/mnt": "-> mnt:[1]", "/proc/7/ns/mnt": "-> mnt:[1]"}
JOURNAL = {"/proc/7/fd/2": "-> socket:[4711]"}
UNIT = Manager(kind="systemd", name="odoo.service", why="its cgroup")


def odoo(logfile: str | None = None, **rest: object) -> Deployment:
    process = Process(
        pid=7, parent_pid=1, part="master", why="", user="odoo", started_at=0.0, rss_bytes=0,
        vms_bytes=0,
    )  # fmt: skip
    setting = Setting(option="logfile", value=logfile, source="file", where="odoo.conf:3")
    made = Deployment(name="odoo (pid 7)", mode="prefork", series=19, processes=[process],
                      settings={"logfile": setting}, workdir="/srv")  # fmt: skip
    return structs.replace(made, **rest)


def outside(world: World, path: str) -> str:
    return str(world.root / path.lstrip("/"))


@pytest.mark.parametrize(
    ("logfile", "path"), [("/var/log/odoo.log", "/var/log/odoo.log"), ("odoo.log", "/srv/odoo.log")]
)
def test_the_file_that_is_set_is_read(logfile: str, path: str, make_world: MakeWorld) -> None:
    world = make_world(SAME_HOST)

    assert find_logs(world, [odoo(logfile)]).paths == [outside(world, path)]


def test_stderr_may_lead_into_a_file(make_world: MakeWorld) -> None:
    world = make_world({**SAME_HOST, "/proc/7/fd/2": "-> /tmp/odoo.err"})

    homes = find_logs(world, [odoo(), odoo()])

    assert homes.paths == [outside(world, "/tmp/odoo.err")]  # noqa: S108 - in the world only
    assert homes.elsewhere == []


@pytest.mark.parametrize(
    ("manager", "container", "said"),
    [
        (UNIT, None, "pipe it: journalctl -u odoo.service -o export | workeroo diagnose -"),
        (None, None, "pipe it into: workeroo diagnose -"),
        (None, "0123456789abcdef", "pipe it: docker logs 0123456789ab 2>&1 | workeroo diagnose -"),
    ],
)
def test_of_a_log_that_is_no_file_it_is_said_how_to_read_it(
    manager: Manager | None, container: str | None, said: str, make_world: MakeWorld
) -> None:
    world = make_world({**SAME_HOST, **JOURNAL})

    homes = find_logs(world, [odoo(manager=manager, container=container)])

    assert homes.paths == []
    assert homes.elsewhere == [f"odoo (pid 7) writes its log into no file; {said}"]


def test_the_log_in_a_container_is_opened_by_way_of_its_process(make_world: MakeWorld) -> None:
    world = make_world(
        {"/proc/self/ns/mnt": "-> mnt:[1]", "/proc/7/ns/mnt": "-> mnt:[2]", "/proc/7/root/x": ""}
    )

    assert find_logs(world, [odoo("/var/log/odoo.log")]).paths == [
        outside(world, "/proc/7/root/var/log/odoo.log")
    ]


def test_a_file_that_was_judged_alone_has_no_log(make_world: MakeWorld) -> None:
    assert find_logs(make_world(SAME_HOST), [odoo("/x", processes=[])]).paths == []

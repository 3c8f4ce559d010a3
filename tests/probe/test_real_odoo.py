"""Is a real Odoo 19 seen as it is?"""

from __future__ import annotations

import os
import signal

import msgspec
import pytest

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.postgres import Postgres
from workeroo.facts.proxy import Proxy
from workeroo.facts.servers import parts, servers
from workeroo.facts.snapshot import Facts, decode_facts
from workeroo.lab.lab import Lab
from workeroo.probe.collect import collect
from workeroo.probe.processes import everything
from workeroo.probe.world import World

pytestmark = pytest.mark.lab

STRANGER = 54321
"""A user id that nobody has."""


@pytest.fixture(scope="module")
def deployment(lab: Lab) -> Deployment:
    """The lab's Odoo, which is not the only one where two labs run side by side."""
    pid = lab.master_pid
    (found,) = [d for d in collect().deployments if d.processes[0].pid == pid]
    return found


def number(deployment: Deployment, option: str) -> int:
    setting = deployment.setting(option)
    assert setting is not None
    assert isinstance(setting.value, int)
    return setting.value


def test_it_is_a_prefork_server_of_its_series(deployment: Deployment) -> None:
    assert (deployment.mode, deployment.series) == ("prefork", 19)
    assert deployment.venv is True
    assert deployment.container is None


def test_it_has_the_processes_that_its_odoo_conf_asks_for(deployment: Deployment) -> None:
    assert len(deployment.of("master")) == 1
    assert len(deployment.of("http worker")) == number(deployment, "workers")
    assert len(deployment.of("cron worker")) == number(deployment, "max_cron_threads")
    assert len(deployment.of("evented")) == 1
    assert deployment.of("other") == []


def test_the_memory_of_each_process_is_in_order(deployment: Deployment) -> None:
    for process in deployment.processes:
        assert isinstance(process.pss_bytes, int)
        assert isinstance(process.uss_bytes, int)
        assert 0 < process.uss_bytes <= process.pss_bytes <= process.rss_bytes
        assert process.rss_bytes <= process.vms_bytes


def test_the_kernel_holds_the_workers_to_the_hard_limit(deployment: Deployment) -> None:
    for process in deployment.of("http worker"):
        assert process.address_space_limit_bytes == number(deployment, "limit_memory_hard")


def test_http_workers_share_the_port_and_cron_workers_hold_none(
    deployment: Deployment, lab: Lab
) -> None:
    sharing = [*deployment.of("master"), *deployment.of("http worker")]

    assert {tuple(process.listens_on) for process in sharing} == {(lab.http_port,)}
    assert [p.listens_on for p in deployment.of("evented")] == [[lab.evented_port]]
    assert all(process.listens_on == [] for process in deployment.of("cron worker"))


def test_settings_of_the_file_are_told_with_their_line(deployment: Deployment, lab: Lab) -> None:
    setting = deployment.settings["workers"]
    line = int(setting.where.rpartition(":")[2])

    assert setting.source == "file"
    assert setting.where.startswith(str(lab.conf_path))
    assert lab.conf_path.read_text().splitlines()[line - 1].startswith("workers")


def test_its_postgresql_is_asked(deployment: Deployment) -> None:
    assert isinstance(deployment.postgres, Postgres)
    assert deployment.postgres.local is True
    assert deployment.postgres.max_connections == 100


def test_its_nginx_is_found_with_the_websocket(deployment: Deployment, lab: Lab) -> None:
    assert isinstance(deployment.proxy, Proxy)
    (site,) = deployment.proxy.sites
    paths = {location.path: location.upstream[0][1] for location in site.locations}

    assert paths == {"/websocket": lab.evented_port, "/": lab.http_port}
    assert deployment.proxy.problems == []


def test_without_titles_the_parts_are_the_same(deployment: Deployment) -> None:
    """setproctitle is optional: niceness and arguments must tell as much as the titles."""
    pids = {process.pid for process in deployment.processes}
    seen = [process for process in everything(World()) if process.pid in pids]
    (titled,) = servers(seen)
    bare = [
        msgspec.structs.replace(p, argv=titled.top.argv) if p.argv[0].startswith("odoo: ") else p
        for p in seen
    ]
    (untitled,) = servers(bare)

    assert bare != seen
    assert {pid: part for pid, (part, _) in parts(untitled, configured=True).items()} == {
        process.pid: process.part for process in deployment.processes
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_still_finds_it_and_says_what_is_closed(deployment: Deployment) -> None:
    (found,) = [d for d in as_stranger().deployments if d.processes[0].pid == _pid(deployment)]

    assert {p.pid: p.part for p in found.processes} == {p.pid: p.part for p in deployment.processes}
    assert all(process.rss_bytes > 0 for process in found.processes)
    assert all(isinstance(process.pss_bytes, Unknown) for process in found.processes)
    assert isinstance(found.conf, Unknown)
    assert found.settings == {}


def _pid(deployment: Deployment) -> int:
    return deployment.processes[0].pid


def as_stranger() -> Facts:
    """What a user sees who runs nothing here."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(30)  # a child that hangs must not hang the tests
        os.setgroups([])
        os.setgid(STRANGER)
        os.setuid(STRANGER)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(msgspec.json.encode(collect()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return decode_facts(data, "the stranger")

"""Are workers born warm with the agent, and does a server start whatever becomes of its pages?"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from workeroo.lab.lab import Lab
from workeroo.lab.process import PROC

pytestmark = pytest.mark.lab

CONF = """\
[options]
workers = 2
max_cron_threads = 1
server_wide_modules = base,rpc,web,workeroo_agent

"""
FILLED = re.compile(r" (\d+) INFO \S+ \S*ir_http: Generating routing map ")
"""What each process says when it fills its own table of routes."""

PREPARED = re.compile(r" (\d+) INFO \S+ \S+: workeroo_agent: (\d+) pages answered before the fork")


@pytest.fixture
def started(lab_factory: Callable[[str], Lab], tmp_path: Path) -> Callable[[str], Lab]:
    def start(section: str) -> Lab:
        conf = tmp_path / "odoo.conf"
        conf.write_text(CONF + section, encoding="utf-8")
        lab = lab_factory("agent")
        lab.up(conf=conf)
        return lab

    return start


def get(lab: Lab, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", lab.http_port, timeout=60)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def log(lab: Lab) -> str:
    return lab.log_path.read_text(encoding="utf-8", errors="replace")


def kib(pid: int, what: str) -> int:
    text = (PROC / str(pid) / "smaps_rollup").read_text()
    return sum(map(int, re.findall(rf"^{what}_(?:Clean|Dirty):\s+(\d+) kB", text, re.MULTILINE)))


def test_workers_find_the_routes_that_the_master_has_filled(started: Callable[[str], Lab]) -> None:
    lab = started("")

    assert [get(lab, "/web/login") for _ in range(4)] == [200] * 4
    assert PREPARED.findall(log(lab)) == [(str(lab.master_pid), "2")]
    assert set(FILLED.findall(log(lab))) == {str(lab.master_pid)}
    for worker in re.findall(r"WorkerHTTP \((\d+)\) alive", log(lab)):
        assert kib(int(worker), "Shared") > kib(int(worker), "Private")


def test_a_page_that_does_not_answer_is_left_to_the_workers_after_a_while(
    started: Callable[[str], Lab],
) -> None:
    lab = started(
        "[workeroo_agent]\nwarm = /web/login, /workeroo_lab/sleep?seconds=500\nseconds = 3\n"
    )

    assert "took longer than 3.0 s: the rest is left to the workers" in log(lab)
    assert get(lab, "/web/login") == 200


def test_a_section_that_cannot_be_read_costs_the_warmth_and_not_the_server(
    started: Callable[[str], Lab],
) -> None:
    lab = started("[workeroo_agent]\nseconds = soon\n")

    assert "the workers start cold" in log(lab)
    assert get(lab, "/web/login") == 200

"""Are the files of one log known as such, and those of several servers kept apart?"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tests.workload.test_incidents import clock, request, start

from workeroo.probe.logread import read_logs
from workeroo.probe.logs import open_logs
from workeroo.probe.logseries import series_of
from workeroo.probe.logspan import Span
from workeroo.workload.starts import servers


@pytest.mark.parametrize(
    "name",
    [
        "/var/log/odoo.log",
        "/var/log/odoo.log.1",
        "/var/log/odoo.log.12.gz",
        "/var/log/odoo.log-20261123",
        "/var/log/odoo.log-20261123.zst",
        "/var/log/odoo.log.2026-11-23",
        "/var/log/odoo.log.2026-11-23_10-00-00.xz",
    ],
)
def test_rotated_files_are_one_log(name: str) -> None:
    assert series_of(name) == "/var/log/odoo.log"


def test_the_numbered_files_of_one_container_are_one_log() -> None:
    assert series_of("pods/shop/odoo/0.log") == series_of("pods/shop/odoo/11.log.gz")
    assert series_of("pods/shop/odoo/0.log") != series_of("pods/club/odoo/0.log")


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.log", "b.log"), ("odoo1.log", "odoo2.log"), ("shop/odoo.log", "club/odoo.log")],
)
def test_other_names_are_other_logs(one: str, other: str) -> None:
    assert series_of(one) != series_of(other)


def nobody(read_bytes: int) -> None:
    """Not told."""
    del read_bytes


def starts_of(names: Iterable[Path]) -> list[int]:
    """How many starts each server had."""
    now = datetime.now(timezone.utc)
    logs = open_logs(map(str, names), Span(None, None), io.BytesIO(), now).logs
    return sorted(len(one) for one in servers(read_logs(logs, 1, nobody).story))


def test_logs_of_several_servers_with_the_same_pids_are_several_servers(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.log" for name in "abcdef"]
    for place, path in enumerate(paths):
        path.write_text(start(clock(10 * place), pid=1), encoding="utf-8")

    assert starts_of(paths) == [1] * 6


def test_one_server_whose_log_was_rotated_is_one_server(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("odoo.log.2", "odoo.log.1", "odoo.log")]
    for place, path in enumerate(paths):
        text = start(clock(20 * place), pid=100 + 10 * place)
        path.write_text(
            text + request(at=clock(20 * place + 5), pid=101 + 10 * place), encoding="utf-8"
        )

    assert starts_of(paths) == [3]

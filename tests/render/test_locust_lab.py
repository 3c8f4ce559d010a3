"""Does the real Locust send a rendered locustfile to a real Odoo, also from two processes?"""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from workeroo.catalog.journeys import JOURNEYS
from workeroo.lab.lab import Lab
from workeroo.lab.ports import LOOPBACK
from workeroo.render.scripts.locust import locustfile
from workeroo.render.scripts.product import Scenario, variable

pytestmark = pytest.mark.lab

LOCUST = Path(sys.executable).with_name("locust")

WORKERS = 2

LONGEST_SECONDS = 60
"""A run takes ten; this is where something hangs."""


class Shop(Protocol):
    """The webshop of conftest."""

    @property
    def lab(self) -> Lab: ...
    @property
    def given(self) -> dict[str, str]: ...


def scenario(shop: Shop, path: Path) -> Scenario:
    """Four users who visit the shop, the back office, and two programs."""
    names = ("shop-visitor", "back-office", "api-jsonrpc", "api-json2")
    return Scenario(
        mix=tuple((JOURNEYS[name], 1.0) for name in names),
        base_url=shop.lab.nginx_url,
        given=shop.given,
        users=4,
        think_seconds=0.5,
        seconds=5,
        path=str(path),
    )


def secrets_of(shop: Shop) -> Mapping[str, str]:
    return os.environ | {variable(name): shop.given[name] for name in ("password", "api_key")}


def free_port() -> str:
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        return str(held.getsockname()[1])


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_a_master_and_two_workers_visit_without_a_failure(shop: Shop, tmp_path: Path) -> None:
    rendered = locustfile(scenario(shop, tmp_path / "locustfile.py"))
    # Nobody in a test thinks for half a minute.
    file = Path(rendered.path)
    file.write_text(rendered.text.replace("1 / think", "100 / think"), encoding="utf-8")
    port = free_port()
    common = [str(LOCUST), "-f", str(file), "--loglevel", "WARNING"]
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [*common, *arguments], env=secrets_of(shop), cwd=tmp_path,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        master = start(
            "--master", "--master-bind-host", LOOPBACK, "--master-bind-port", port,
            "--headless", "--expect-workers", str(WORKERS), "--csv", "told", "--only-summary",
        )  # fmt: skip
        workers = [
            start("--worker", "--master-host", LOOPBACK, "--master-port", port)
            for _ in range(WORKERS)
        ]
        said = [process.communicate(timeout=LONGEST_SECONDS)[0] for process in (master, *workers)]
    assert master.returncode == 0, b"\n".join(said).decode()
    assert rows(tmp_path / "told_failures.csv") == []
    told = {row["Name"]: int(row["Request Count"]) for row in rows(tmp_path / "told_stats.csv")}
    last = {"shop-visitor: payment", "back-office: list again", "api-jsonrpc: write"}
    assert set(told) > last  # each visit was let to its end, and both workers told of theirs
    assert told.pop("Aggregated") == sum(told.values())

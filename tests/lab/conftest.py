"""How do the lab's tests ask a server?"""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from workeroo.lab.folder import LabRoot, find_root, remove_tree

ARTICLE = """\
[options]
; one process for each core, twice, and one more
workers = 9
limit_memory_soft = 671088640 ; 640 MB
limit_memory_hard = 805306368 ; 768 MB
limit_time_cpu = 60
limit_time_real = 120
"""
"""The settings of the article, with its comments where it has them."""

Pull = Callable[[int, str], dict[str, Any]]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "odoo.conf"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


@pytest.fixture
def get() -> Callable[[int, str], tuple[int, bytes]]:
    return _get


@pytest.fixture
def pull() -> Pull:
    """Pull a lever of the lab's module: its answer."""

    def pulled(port: int, lever: str) -> dict[str, Any]:
        status, body = _get(port, f"/workeroo_lab/{lever}")
        assert status == 200, body
        answer: dict[str, Any] = json.loads(body)
        return answer

    return pulled


@pytest.fixture
def handshake() -> Callable[[int], str]:
    """Ask for a websocket: the first line of the answer."""

    def shaken(port: int) -> str:
        lines = [
            "GET /websocket?version=19.0-1 HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"Origin: http://127.0.0.1:{port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            return connection.makefile("rb").readline().decode().strip()

    return shaken


@pytest.fixture
def own_cache() -> Iterator[Path]:
    """A cache folder for labs that shares nothing but the downloads, which are linked."""
    shared = find_root(os.environ).shared
    cache = Path(tempfile.mkdtemp(prefix="workeroo-"))
    cache.chmod(0o755)
    own = LabRoot(cache / "workeroo" / "lab").shared
    own.path.mkdir(parents=True)
    for made in (shared.odoo, *shared.path.glob("python-*")):
        (own.path / made.name).symlink_to(made)
    yield cache
    remove_tree(cache)
    assert not cache.exists()


def _get(port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()

"""Clients that ask a real Odoo, and count what was lost; people who print."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from workeroo.lab.lab import Lab

PDF = "/report/pdf/base.report_irmodeloverview/1"
"""A report that a bare database has; its styles come from the server that prints it."""

PRINT_SECONDS = 300
"""Longer than any PDF takes here that is not stuck."""


class Clients:
    """Clients that ask one after the other; `lost` counts answers that did not come."""

    def __init__(self, port: int, count: int, lever: str) -> None:
        self.port, self.lever = port, lever
        self.answered = self.lost = 0
        self.end = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(count)]

    def run(self) -> None:
        while not self.end.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                connection.request("GET", f"/workeroo_lab/{self.lever}")
                ok = connection.getresponse().status == http.client.OK
            except (OSError, http.client.HTTPException):
                ok = False
            connection.close()
            self.answered += ok
            self.lost += not ok


@contextmanager
def clients(server: Lab, count: int, lever: str) -> Iterator[Clients]:
    """So many that ask until the end of the block; all have their answer then."""
    it = Clients(server.http_port, count, lever)
    for thread in it.threads:
        thread.start()
    try:
        yield it
    finally:
        it.end.set()
        for thread in it.threads:
            thread.join()


@contextmanager
def printing(server: Lab, count: int) -> Iterator[list[Future[bytes]]]:
    """So many PDFs, asked for at the same time; all are there or given up after the block."""
    cookie = _log_in(server.http_port)
    with ThreadPoolExecutor(count) as people:
        yield [people.submit(_print, server.http_port, cookie) for _ in range(count)]


def _log_in(port: int) -> str:
    """The cookie of the administrator, whose login tells Odoo its own address besides."""
    said = {"params": {"db": "base", "login": "admin", "password": "admin"}}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PRINT_SECONDS)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/web/session/authenticate", json.dumps(said), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    cookies = answer.headers.get_all("Set-Cookie") or []
    return next(cookie.split(";")[0] for cookie in cookies if cookie.startswith("session_id="))


def _print(port: int, cookie: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PRINT_SECONDS)
    connection.request("GET", PDF, headers={"Cookie": cookie})
    printed = connection.getresponse().read()
    connection.close()
    return printed

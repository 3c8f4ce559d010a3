"""Clients that ask a real Odoo, and count what was lost."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from workeroo.lab.lab import Lab


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

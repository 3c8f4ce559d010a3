"""Is a server of the older route asked in its own way? Against sockets that hold, as it does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from workeroo.catalog.series import SERIES
from workeroo.progress import Silent
from workeroo.prove.longpolling import Trial, prove

PAGE = (
    b"HTTP/1.0 200 OK\r\nSet-Cookie: session_id=secret\r\nContent-Length: 27\r\n\r\n"
    b"<html><title>Odoo</title>  "
)


class Holding:
    """Answers pages and holds whoever polls, as a gevent process of 12 to 15 does."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.held: list[socket.socket] = []
        self.polls: list[bytes] = []
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def stop(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        for connection in [*self.held, self.listener]:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return  # stopped
            request = connection.recv(65536)
            if request.startswith(b"POST /longpolling/poll "):
                self.polls.append(request)
                self.held.append(connection)
                continue
            with connection:
                connection.sendall(PAGE)


@pytest.fixture
def holding() -> Iterator[Holding]:
    it = Holding()
    yield it
    it.stop()


def test_a_poll_that_is_held_holds(holding: Holding) -> None:
    trial = Trial(url=holding.url, series=SERIES[15], idle_seconds=0.3, held_seconds=0.3)

    verdict = prove(trial, Silent())

    assert verdict.outcome == "holds"
    assert len(holding.polls) == 2  # one to see that it is held, one for the silence
    assert b'"channels": []' in holding.polls[0]

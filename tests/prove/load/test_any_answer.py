"""Whatever a server answers, is it one shot, and never a fault of the generator?"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workeroo.catalog.journeys.product import Ask, Take
from workeroo.prove.load.drive import run
from workeroo.prove.load.order import Bounds, Order, Target, Weighted, one_page
from workeroo.prove.load.product import Open

Say = Callable[[bytes], int]
"""Lets the server answer so from now on; its port."""

HEADERS = (
    "Location: /a?b=c#d", "Location: //example.com:x/", "Location: http://[::1", "Location: ",
    "Location: \udce4\udcff", "Set-Cookie: =; Max-Age=x", "Set-Cookie: a=b; Path=", "Set-Cookie: a",
    "Content-Encoding: gzip", "Content-Encoding: br", "Content-Length: 3", "Content-Length: -1",
    "Transfer-Encoding: chunked", "Content-Type: application/json", "Connection: close",
    "Connection: upgrade", "X: " + "y" * 9000,
)  # fmt: skip
BODIES = (
    b"", b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"{", b'{"jsonrpc": 2}', b"[" * 2000, b'{"error": []}',
    b'{"jsonrpc": "2.0", "error": {"data": null}}', b"\x1f\x8b\x08garbage", b'{"id": 1e400}',
    b'{"jsonrpc": "2.0", "error": "no"}', b"\xff\xfe", b'{"a": "\\ud800"}',
)  # fmt: skip

ANSWERS = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda status, headers, body: (
            (f"HTTP/1.1 {status} So\r\n" + "".join(f"{h}\r\n" for h in headers) + "\r\n").encode(
                "utf-8", "surrogateescape"
            )
            + body
        ),
        st.sampled_from([100, 101, 200, 204, 301, 302, 304, 307, 404, 500, 999]),
        st.lists(st.sampled_from(HEADERS), max_size=4),
        st.sampled_from(BODIES) | st.binary(max_size=100),
    ),
)

STEPS = (
    one_page("/").steps[0],
    Ask(
        name="json", path="/", method="POST", json="{}", says="a",
        takes=(Take(name="id", where="json", pattern="a.*.0", number=True),),
    ),
    Ask(
        name="html", path="/", method="POST", form={"a": "b"},
        takes=(Take(name="id", where="html", pattern="(.)", number=True, which="any"),),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def say() -> Iterator[Say]:
    """A server that answers every request with the same bytes, and hangs up."""
    answer = [b""]
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection = server.accept()[0]
            except OSError:  # the end of the server
                return
            with closing(connection), suppress(OSError):
                connection.recv(10_000)
                connection.sendall(answer[0])

    def it(text: bytes) -> int:
        answer[0] = text
        port: int = server.getsockname()[1]
        return port

    thread = threading.Thread(target=serve)
    thread.start()
    yield it
    server.shutdown(socket.SHUT_RDWR)
    thread.join()
    server.close()


@settings(max_examples=60)
@given(ANSWERS, st.sampled_from(STEPS))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"[" * 2000, STEPS[1])
def test_any_answer_is_one_shot(say: Say, answer: bytes, step: Ask) -> None:
    journey = one_page("/")
    order = Order(
        target=Target(url=f"http://127.0.0.1:{say(answer)}"),
        shape=Open(trace_seconds=(0.0,)),
        journeys=(
            Weighted(journey=type(journey)(name="a", does="", steps=(step,), first_series=12)),
        ),
        bounds=Bounds(timeout_seconds=2.0),
    )
    load, shots = run(order)
    assert len(shots) == 1
    assert load.all_requests.count + load.all_requests.failed == 1

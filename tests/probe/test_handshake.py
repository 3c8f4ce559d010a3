"""Is each hop told by itself, whatever listens there? Against real sockets on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from workeroo.errors import InputError
from workeroo.evidence import Unknown
from workeroo.facts.handshake import accept_of
from workeroo.probe.handshake import ask, handshake, health

Serve = Callable[[Callable[[bytes], list[bytes]]], str]
"""Starts a server that answers a request with these pieces; gives its URL."""


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(answer: Callable[[bytes], list[bytes]]) -> str:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            thread = threading.Thread(target=_serve_one, args=(listener, answer))
            thread.start()
            stack.callback(thread.join)
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

        yield start


def _serve_one(listener: socket.socket, answer: Callable[[bytes], list[bytes]]) -> None:
    connection, _ = listener.accept()
    with connection:
        request = connection.recv(65536)
        try:
            for piece in answer(request):
                connection.sendall(piece)
        except OSError:
            return  # the client has had enough


def test_a_websocket_is_open_only_with_the_key_taken_up(serve: Serve) -> None:
    def accepting(request: bytes) -> list[bytes]:
        key = request.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0].decode()
        return [
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept_of(key).encode() + b"\r\n\r\n"
        ]

    def pretending(request: bytes) -> list[bytes]:
        del request
        return [b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n"]

    assert handshake(serve(accepting), route="/websocket").opened
    assert not handshake(serve(pretending), route="/websocket").opened


def test_the_key_is_taken_up_as_the_standard_says() -> None:
    # The example of RFC 6455, section 1.3.
    assert accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_it_asks_as_a_browser_of_the_site_would(serve: Serve) -> None:
    seen: list[bytes] = []

    def noting(request: bytes) -> list[bytes]:
        seen.append(request)
        return [b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"]

    url = serve(noting)
    port = int(url.rpartition(":")[2])
    handshake(
        "https://shop.example.com".replace("https", "http"),
        route="/websocket",
        connect_to=("127.0.0.1", port),
    )

    head = seen[0].decode().splitlines()
    assert head[0] == "GET /websocket HTTP/1.1"
    assert {"Host: shop.example.com", "Origin: http://shop.example.com"} <= set(head)
    assert {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"} <= set(head)


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ([], "closed"),
        ([b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"], "not http"),
        ([b"HTTP/1.1 200 OK\r\nContent-Ty"], None),
        ([b"HTTP/9 what\r\n\r\n"], "not http"),
    ],
)
def test_what_is_no_answer_is_told_as_a_failure(
    serve: Serve, pieces: list[bytes], kind: str | None
) -> None:
    came = ask(serve(lambda _: pieces), path="/")

    assert (came.failure.kind if came.failure else None) == kind
    assert (came.answer is None) == (kind is not None)


def test_an_answer_that_trickles_does_not_outlast_the_time_for_all_of_it(serve: Serve) -> None:
    enough = threading.Event()

    def trickling(_: bytes) -> Iterator[bytes]:
        while not enough.wait(0.02):
            yield b"H"

    came = ask(serve(trickling), path="/", timeout_seconds=0.5)  # type: ignore[arg-type] # pieces as they come
    enough.set()

    assert came.failure is not None
    assert came.failure.kind == "timeout"


def test_an_endless_body_is_cut(serve: Serve) -> None:
    head = b"HTTP/1.1 500 Oh\r\nContent-Type: text/plain\r\n\r\n"
    came = ask(serve(lambda _: [head, *([b"x" * 65536] * 64)]), path="/")

    assert came.answer is not None
    assert len(came.answer.said) <= 200


def test_health_is_a_status_or_the_reason_why_there_is_none(serve: Serve) -> None:
    fine = b'HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"status": "pass"}'
    assert health(serve(lambda _: [fine])) == 200

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert isinstance(health(f"http://127.0.0.1:{port}"), Unknown)


@pytest.mark.parametrize(
    "url",
    ["shop.example.com", "ftp://shop.example.com", "http://", "http://a b", "http://a:99999",
     "https://[::1", "http://a/\r\nX: y", ""],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(InputError) as refused:
        handshake(url, route="/websocket")

    assert refused.value.cure


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError) as refused:
        handshake("https://user:geheim@shop.example.com", route="/websocket")

    assert "geheim" not in str(refused.value)

"""Is nothing loaded that is not the user's own?"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from workeroo.errors import InputError, NetworkError, NotPermitted, WorkerooError
from workeroo.prove.guard import (
    TOKEN_PATH,
    Door,
    Fetch,
    allowed,
    fetch,
    resolve,
    secret_in,
    token_of,
)

SECRET = b"of this user"
SITE = "https://shop.example.com"
HOST = "shop.example.com"
TOKEN = token_of(HOST, SECRET)


def door(addresses: list[str], serves: Callable[[str], str]) -> Door:
    """A site that stands for these addresses, each of which serves something."""

    def said(parts: object, address: str) -> str:
        del parts
        return serves(address)

    fetched: Fetch = said
    return Door(resolve=lambda *_: addresses, fetch=fetched)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8069", "http://localhost:8069/", "http://[::1]"])
def test_loopback_is_free(url: str) -> None:
    found = allowed(url, [], SECRET, Door(resolve=resolve, fetch=lambda *_: ""))

    assert found.loopback


def test_another_host_must_be_named_twice_and_the_refusal_says_the_token() -> None:
    with pytest.raises(NotPermitted) as refused:
        allowed(SITE, [], SECRET, door(["203.0.113.7"], lambda _: TOKEN))

    assert f"--i-own-this-server {HOST}" in str(refused.value)
    assert TOKEN in str(refused.value)
    assert TOKEN_PATH in str(refused.value)


def test_naming_it_is_not_enough_without_the_token() -> None:
    with pytest.raises(NotPermitted, match="does not serve your token"):
        allowed(SITE, [HOST], SECRET, door(["203.0.113.7"], lambda _: "another-token"))


def test_with_the_token_it_is_allowed_and_pinned() -> None:
    served = f"somebody-elses\n{TOKEN}\n"

    found = allowed(SITE, [HOST], SECRET, door(["203.0.113.7", "2001:db8::7"], lambda _: served))

    assert found.addresses == ("203.0.113.7", "2001:db8::7")
    assert not found.loopback


def test_every_address_of_the_name_must_serve_it() -> None:
    two = door(["203.0.113.7", "203.0.113.8"], lambda one: TOKEN if one.endswith("7") else "")

    with pytest.raises(NotPermitted, match=r"203\.0\.113\.8"):
        allowed(SITE, [HOST], SECRET, two)


def test_a_name_that_stands_for_loopback_and_for_another_host_is_not_free() -> None:
    with pytest.raises(NotPermitted):
        allowed(SITE, [], SECRET, door(["127.0.0.1", "203.0.113.7"], lambda _: ""))


def test_a_token_is_of_one_user_and_one_host() -> None:
    assert len({TOKEN, token_of(HOST, b"of another"), token_of("example.org", SECRET)}) == 3


@pytest.mark.parametrize(
    "url",
    ["shop.example.com", "ftp://shop.example.com", "https://a:geheim@shop.example.com",
     "https://shop.example.com/shop", "http://127.0.0.1:x", "http://"],
)  # fmt: skip
def test_what_is_no_site_is_one_sentence_without_its_password(url: str) -> None:
    with pytest.raises(InputError) as refused:
        allowed(url, [HOST], SECRET, door(["203.0.113.7"], lambda _: TOKEN))

    assert "geheim" not in str(refused.value)


def test_the_secret_is_made_once_for_the_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state"

    first = secret_in(folder)

    assert secret_in(folder) == first
    assert (folder / "stress-secret").stat().st_mode & 0o077 == 0


class _Site(http.server.BaseHTTPRequestHandler):
    """Serves a token, or sends whoever asks to another place."""

    def do_GET(self) -> None:
        if self.headers["Host"].startswith("moved"):
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1{TOKEN_PATH}")
            self.end_headers()
            return
        self.send_response(200 if self.path == TOKEN_PATH else 404)
        self.end_headers()
        self.wfile.write(f"{TOKEN}\n".encode())

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_token_is_fetched_from_the_very_address(port: int) -> None:
    assert fetch(urlsplit(f"http://{HOST}:{port}"), "127.0.0.1").split() == [TOKEN]


def test_a_redirect_is_not_followed_to_a_token(port: int) -> None:
    assert fetch(urlsplit(f"http://moved.example.com:{port}"), "127.0.0.1") == ""


def test_an_address_that_does_not_answer_is_said(port: int) -> None:
    del port
    with pytest.raises(WorkerooError) as failed:
        fetch(urlsplit(f"http://{HOST}:1"), "127.0.0.1")

    assert isinstance(failed.value, NetworkError)

"""What does a real nginx with the rendered TLS site let in?"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.client import HTTPConnection
from typing import Protocol

import pytest

from workeroo.render.nginx import site_text
from workeroo.render.subject import SiteWish, Subject

PATH = "/etc/nginx/conf.d/odoo.conf"
TLS = SiteWish(
    server_name="shop.example",
    certificate="/etc/ssl/shop.pem",
    certificate_key="/etc/ssl/shop.key",
)


class Nginx(Protocol):
    ports: dict[int, int]

    def write(self, files: dict[str, str]) -> None: ...

    def running(self) -> AbstractContextManager[None]: ...


@pytest.fixture
def nginx(nginx_in: Nginx, subject_for: Callable[..., Subject]) -> Iterator[Nginx]:
    nginx_in.write({PATH: site_text(subject_for(19, site=TLS))})
    with nginx_in.running():
        yield nginx_in


def shaken(nginx: Nginx, version: str) -> str:
    """What openssl says of a handshake of one version; weak ciphers are offered too."""
    address = f"127.0.0.1:{nginx.ports[443]}"
    command = ["openssl", "s_client", "-connect", address, f"-{version}"]
    done = subprocess.run(
        [*command, "-cipher", "DEFAULT@SECLEVEL=0"],
        input="", capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize(("version", "name"), [("tls1_2", "TLSv1.2"), ("tls1_3", "TLSv1.3")])
def test_modern_tls_is_let_in(nginx: Nginx, version: str, name: str) -> None:
    assert f"New, {name}, Cipher is " in shaken(nginx, version)


@pytest.mark.parametrize("version", ["tls1", "tls1_1"])
def test_old_tls_is_refused_by_the_server(nginx: Nginx, version: str) -> None:
    told = shaken(nginx, version)
    if "unknown option" in told.lower():
        pytest.skip(f"this openssl cannot offer {version}")
    assert "alert protocol version" in told


def test_plain_http_is_led_to_https_and_the_version_is_not_told(nginx: Nginx) -> None:
    connection = HTTPConnection("127.0.0.1", nginx.ports[80], timeout=30)
    connection.request("GET", "/shop?page=2", headers={"Host": "shop.example"})
    answer = connection.getresponse()

    assert answer.status == 301
    assert answer.headers["Location"] == "https://shop.example/shop?page=2"
    assert answer.headers["Server"] == "nginx"
    connection.close()

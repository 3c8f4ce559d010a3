"""Is an address followed to where it sends browsers, and only to its own host?"""

from __future__ import annotations

import pytest

from workeroo.facts.answer import Answer
from workeroo.facts.handshake import Exchange
from workeroo.prove.longpolling import secure_address


def sends_to(
    location: str, status: int = 301, url: str = "http://shop.example.com/x"
) -> str | None:
    answer = Answer(status=status, headers={"location": location})
    return secure_address(Exchange(url=url, answer=answer))


def test_http_that_sends_to_https_is_followed() -> None:
    assert sends_to("https://shop.example.com/web/login") == "https://shop.example.com"
    assert sends_to("https://SHOP.example.com:8443/") == "https://shop.example.com:8443"


@pytest.mark.parametrize(
    "location",
    ["", "/web/login", "https://other.example.com/", "http://shop.example.com/",
     "https://[::1", "https://shop.example.com:99999/", "https://", "javascript:x", "//"],
)  # fmt: skip
def test_nothing_else_is(location: str) -> None:
    assert sends_to(location) is None


def test_a_page_that_is_no_redirect_sends_nowhere() -> None:
    assert sends_to("https://shop.example.com/", status=200) is None
    assert secure_address(Exchange(url="http://shop.example.com/x")) is None


def test_https_sends_nowhere_else() -> None:
    assert sends_to("https://shop.example.com/", url="https://shop.example.com/x") is None

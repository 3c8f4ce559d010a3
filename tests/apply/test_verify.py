"""Is a site asked as a browser would ask it, by a name and a port that lead to it?"""

from __future__ import annotations

import pytest

from workeroo.apply.verify import _address, _listen
from workeroo.facts.proxy import Site


def site(*listens: str, names: tuple[str, ...] = ("_",)) -> Site:
    return Site(names=list(names), listens=list(listens), where="site.conf:1", locations=[])


@pytest.mark.parametrize(
    ("listens", "taken"),
    [
        (["80"], "80"),
        (["80", "443 ssl"], "443 ssl"),
        (["unix:/run/odoo.sock", "8080"], "8080"),
        (["80 proxy_protocol", "127.0.0.1:8080"], "127.0.0.1:8080"),
        (["443 quic reuseport", "443 ssl"], "443 ssl"),
        (["unix:/run/odoo.sock"], None),
        (["443 ssl proxy_protocol"], None),
    ],
)
def test_a_site_is_asked_where_a_browser_comes_in(listens: list[str], taken: str | None) -> None:
    assert _listen(site(*listens)) == taken


@pytest.mark.parametrize(
    ("listen", "url", "address"),
    [
        ("80", "http://127.0.0.1:80", ("127.0.0.1", 80)),
        ("*:80", "http://127.0.0.1:80", ("127.0.0.1", 80)),
        ("443 ssl", "https://127.0.0.1:443", ("127.0.0.1", 443)),
        ("[::]:443 ssl", "https://[::1]:443", ("::1", 443)),
        ("[::1]", "http://[::1]:80", ("::1", 80)),
        ("10.0.0.5", "http://10.0.0.5:80", ("10.0.0.5", 80)),
        ("localhost:8080", "http://localhost:8080", ("localhost", 8080)),
    ],
)
def test_a_listen_is_an_address(listen: str, url: str, address: tuple[str, int]) -> None:
    assert _address(site(listen), listen) == (url, address)


@pytest.mark.parametrize(
    ("names", "host"),
    [
        (("_", "shop.example.com"), "shop.example.com"),
        (("*.example.com",), "workeroo.example.com"),
        ((".example.com",), "example.com"),
        (("www.example.*",), "www.example.workeroo"),
        ((r"~^shop\d+\.example\.com$",), "127.0.0.1"),
    ],
)
def test_a_site_is_asked_by_a_name_that_leads_to_it(names: tuple[str, ...], host: str) -> None:
    assert _address(site("80", names=names), "80")[0] == f"http://{host}:80"

"""Is an nginx configuration resolved as nginx itself resolves it?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import crossplane
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.facts.nginx import proxy_of, seconds, size_bytes
from workeroo.facts.proxy import Location, Proxy

HERE = ["localhost", "127.0.0.1", "::1"]


def resolved(tmp_path: Path, http: str, ports: tuple[int, ...] = (8069, 8072)) -> Proxy:
    file = tmp_path / "nginx.conf"
    file.write_text(f"http {{\n{http}\n}}\n")
    payload = crossplane.parse(str(file), single=True, check_ctx=False, check_args=False)
    assert payload["errors"] == []
    directives = [in_file(directive) for directive in payload["config"][0]["parsed"]]
    return proxy_of(directives, server="nginx", config="nginx.conf", ports=ports, here=HERE)


def in_file(directive: dict[str, Any]) -> dict[str, Any]:
    inner = [in_file(each) for each in directive.get("block", [])]
    return {**directive, "file": "nginx.conf", "block": inner}


def only_location(proxy: Proxy) -> Location:
    (site,) = proxy.sites
    (location,) = site.locations
    return location


def test_an_upstream_is_resolved_to_its_servers(tmp_path: Path) -> None:
    proxy = resolved(
        tmp_path,
        "upstream odoo { server 127.0.0.1:8069 weight=1 fail_timeout=0; server [::1]:8069; }\n"
        "server { listen 80; location / { proxy_pass http://odoo; } }",
    )

    assert only_location(proxy).upstream == [("127.0.0.1", 8069), ("::1", 8069)]


def test_a_header_of_its_own_drops_all_those_from_above(tmp_path: Path) -> None:
    proxy = resolved(
        tmp_path,
        "server { proxy_set_header X-Forwarded-Host $host; proxy_set_header Host $host;\n"
        "location /websocket { proxy_set_header Upgrade $http_upgrade;"
        " proxy_pass http://127.0.0.1:8072; }\n"
        "location / { proxy_pass http://127.0.0.1:8069; } }",
    )
    websocket, root = proxy.sites[0].locations

    assert websocket.headers == {"upgrade": "$http_upgrade"}
    assert root.headers == {"x-forwarded-host": "$host", "host": "$host"}


def test_other_directives_are_inherited_one_by_one(tmp_path: Path) -> None:
    proxy = resolved(
        tmp_path,
        "proxy_read_timeout 720s; gzip on; client_max_body_size 100m;\n"
        "server { proxy_http_version 1.1; location / { proxy_buffering off;"
        " proxy_pass http://127.0.0.1:8069; } }",
    )
    location = only_location(proxy)

    assert (location.read_timeout_seconds, location.http_version) == (720, "1.1")
    assert (location.buffering, location.request_buffering) == (False, True)
    assert (proxy.sites[0].gzip, proxy.sites[0].client_max_body_bytes) == (True, 100 * 1024**2)


def test_what_nobody_says_is_nginx_default(tmp_path: Path) -> None:
    proxy = resolved(tmp_path, "server { location / { proxy_pass http://127.0.0.1:8069; } }")
    location, site = only_location(proxy), proxy.sites[0]

    assert (location.read_timeout_seconds, location.http_version) == (60, "1.0")
    assert (site.listens, site.gzip, site.client_max_body_bytes) == (["80"], False, 1024**2)


def test_sites_that_lead_elsewhere_are_left_out(tmp_path: Path) -> None:
    proxy = resolved(
        tmp_path,
        "server { location / { proxy_pass http://127.0.0.1:3000; } }\n"
        "server { location / { proxy_pass http://10.9.9.9:8069; } }\n"
        "server { location / { root /var/www; } }",
    )

    assert proxy.sites == []


@pytest.mark.parametrize(
    ("written", "modifier", "path"),
    [
        ("/", "", "/"),
        ("= /web", "=", "/web"),
        ("^~ /websocket", "^~", "/websocket"),
        ("~* ^/(a|b)$", "~*", "^/(a|b)$"),
    ],
)
def test_a_location_has_its_modifier(
    tmp_path: Path, written: str, modifier: str, path: str
) -> None:
    proxy = resolved(
        tmp_path, f"server {{ location {written} {{ proxy_pass http://localhost:8069; }} }}"
    )
    location = only_location(proxy)

    assert (location.modifier, location.path) == (modifier, path)


def test_a_location_inside_a_location_or_an_if_is_found(tmp_path: Path) -> None:
    proxy = resolved(
        tmp_path,
        "server { location / { proxy_read_timeout 5m;\n"
        "location /websocket { proxy_pass http://127.0.0.1:8072; } } }",
    )

    assert only_location(proxy).read_timeout_seconds == 300


def test_a_variable_that_is_set_is_resolved(tmp_path: Path) -> None:
    proxy = resolved(
        tmp_path,
        "server { set $odoo 127.0.0.1:8069; location / { proxy_pass http://$odoo$request_uri; } }",
    )

    assert proxy.sites == []
    assert len(proxy.problems) == 1

    proxy = resolved(
        tmp_path,
        "server { set $odoo 127.0.0.1:8069; location / { proxy_pass http://$odoo/; } }",
    )
    assert only_location(proxy).upstream == [("127.0.0.1", 8069)]


def test_where_a_variable_leads_is_a_problem_with_its_place(tmp_path: Path) -> None:
    proxy = resolved(tmp_path, "server {\nlocation / {\nproxy_pass http://$backend;\n}\n}")

    assert proxy.problems == [
        "nginx.conf:4: where proxy_pass http://$backend leads is only known when a request comes"
    ]


def test_a_unix_socket_is_not_odoo(tmp_path: Path) -> None:
    proxy = resolved(tmp_path, "server { location / { proxy_pass http://unix:/run/x.sock; } }")

    assert (proxy.sites, proxy.problems) == ([], [])


def test_a_password_that_nginx_adds_is_not_shown(tmp_path: Path) -> None:
    proxy = resolved(
        tmp_path,
        'server { location / { proxy_set_header Authorization "Basic b2Rvbzpwdw==";'
        " proxy_set_header X-Api-Key abc; proxy_set_header Cookie $http_cookie;"
        " proxy_pass http://127.0.0.1:8069; }\n"
        "location /x { proxy_pass http://user:pw@$backend; } }",
    )

    assert only_location(proxy).headers == {
        "authorization": "***",
        "x-api-key": "***",
        "cookie": "$http_cookie",
    }
    assert "pw" not in proxy.problems[0]


def test_tls_is_told_by_the_listen(tmp_path: Path) -> None:
    proxy = resolved(
        tmp_path,
        "server { listen 443 ssl http2; server_name a.example.com b.example.com;"
        " location / { proxy_pass http://127.0.0.1:8069; } }",
    )

    assert proxy.sites[0].tls
    assert proxy.sites[0].names == ["a.example.com", "b.example.com"]


def test_blocks_know_their_line(tmp_path: Path) -> None:
    proxy = resolved(tmp_path, "\nserver {\n\nlocation / { proxy_pass http://127.0.0.1:8069; } }")

    assert proxy.sites[0].where == "nginx.conf:3"
    assert only_location(proxy).where == "nginx.conf:5"


@pytest.mark.parametrize(
    ("text", "value"), [("720s", 720), ("2m", 120), ("1h 30m", 5400), ("60", 60), ("500ms", 0.5)]
)
def test_times_are_read_as_nginx_does(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("8k", 8192), ("100M", 104857600)])
def test_sizes_are_read_as_nginx_does(text: str, value: int) -> None:
    assert size_bytes(text) == value


@pytest.mark.parametrize("text", ["soon", "5x", "m", "-1"])
def test_what_is_no_time_or_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        seconds(text)
    with pytest.raises(ValueError, match=text):
        size_bytes(text)


@given(st.integers(min_value=0, max_value=10**6))
def test_plain_numbers_are_seconds_and_bytes(number: int) -> None:
    assert seconds(str(number)) == size_bytes(str(number)) == number

"""On a real Odoo behind a real nginx: does the proof hold where it should, and find what breaks?"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workeroo.lab.lab import Lab
from workeroo.lab.nginx import Nginx
from workeroo.lab.state import read_state
from workeroo.progress import Silent
from workeroo.prove.longpolling import Trial, prove
from workeroo.prove.product import Hop, Verdict

pytestmark = pytest.mark.lab

LabFactory = Callable[[str], Lab]

UPGRADE = """
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
        proxy_set_header Host $http_host;"""

ARTICLE = f"""
server {{
    listen 127.0.0.1:@PORT@;
    location /longpolling {{
        proxy_pass http://127.0.0.1:@EVENTED_PORT@;{UPGRADE}
    }}
    location / {{
        proxy_pass http://127.0.0.1:@HTTP_PORT@;
    }}
}}
"""
"""The route of the article, which Odoo has not had since 16."""


def site(bus: str, *, listen: str = "127.0.0.1:@PORT@", more: str = "") -> str:
    """A site with something else to do for the websocket."""
    return f"""
server {{
    listen {listen};
    {more}
    location /websocket {{
        {bus}
    }}
    location / {{
        proxy_pass http://127.0.0.1:@HTTP_PORT@;
    }}
}}
"""


TO_EVENTED = f"proxy_pass http://127.0.0.1:@EVENTED_PORT@;{UPGRADE}"
TO_HTTP = f"proxy_pass http://127.0.0.1:@HTTP_PORT@;{UPGRADE}"
TO_NOBODY = f"proxy_pass http://127.0.0.1:1;{UPGRADE}"


@pytest.fixture(scope="module")
def prefork(lab_factory: LabFactory) -> Lab:
    """A lab with HTTP workers and an evented process, on the sound site."""
    it = lab_factory("prove")
    it.up()
    return it


@pytest.fixture
def threaded(lab_factory: LabFactory, tmp_path: Path) -> Iterator[Lab]:
    """A lab with a single process for all."""
    conf = tmp_path / "odoo.conf"
    conf.write_text("[options]\nworkers = 0\nmax_cron_threads = 0\n", encoding="utf-8")
    it = lab_factory("prove-threaded")
    it.up(conf=conf)
    yield it
    it.down()


def proved(url: str, idle_seconds: float = 1) -> Verdict:
    return prove(Trial(url=url, idle_seconds=idle_seconds), Silent())


def broken(verdict: Verdict) -> str:
    assert verdict.outcome == "fails"
    assert verdict.cure
    (name,) = [hop.name for hop in verdict.hops if hop.state == "broken"]
    return name


def hop(verdict: Verdict, name: str) -> Hop:
    return next(hop for hop in verdict.hops if hop.name == name)


def said(verdict: Verdict, name: str) -> str:
    evidence = hop(verdict, name).evidence
    assert evidence is not None
    return evidence.text


def test_the_sound_site_opens_brings_a_notification_and_lives_through_silence(
    prefork: Lab,
) -> None:
    prefork.up()

    verdict = proved(prefork.nginx_url, idle_seconds=5)

    assert verdict.outcome == "holds"
    assert hop(verdict, "notification").state == "ok"
    assert "after the silence another" in said(verdict, "notification")
    assert hop(verdict, "idle").state == "ok"
    assert any("Odoo 19" in evidence.text for evidence in verdict.evidence)


def test_an_address_as_a_browser_shows_it_is_as_good_as_the_host_alone(prefork: Lab) -> None:
    prefork.up()

    verdict = proved(f"HTTP://127.0.0.1:{prefork.nginx_port}/odoo/discuss?debug=1#inbox")

    assert verdict.outcome == "holds"
    assert verdict.target == prefork.nginx_url


def test_with_the_route_of_the_article_it_fails_at_the_route(prefork: Lab) -> None:
    prefork.up(site=ARTICLE)

    verdict = proved(prefork.nginx_url)

    assert broken(verdict) == "nginx route"
    assert "location / at" in said(verdict, "nginx route")
    assert "location /websocket to the evented port" in (verdict.cure or "")


@pytest.mark.parametrize(
    ("bus", "name", "words"),
    [
        (TO_NOBODY, "evented port", "502 Bad Gateway, by nginx"),
        (TO_HTTP, "nginx route", "500 Internal Server Error, by Odoo"),
        ("proxy_pass http://127.0.0.1:@EVENTED_PORT@;", "upgrade header", "400 Bad Request"),
        (f"{TO_EVENTED} proxy_set_header Origin '';", "origin", "origin"),
        ("return 404;", "nginx route", "404 Not Found, by nginx"),
        ("return 403;", "origin", "403 Forbidden, by nginx"),
        ("default_type text/html; return 200 '<title>Welcome</title>';", "nginx route", "Welcome"),
        ("return 301 /elsewhere;", "nginx route", "/elsewhere"),
    ],
    ids=[
        "dead evented port", "HTTP port", "no upgrade", "no origin", "no location", "forbidden",
        "a page", "sent on",
    ],
)  # fmt: skip
def test_each_hop_is_named_where_nginx_breaks_it(
    prefork: Lab, bus: str, name: str, words: str
) -> None:
    prefork.up(site=site(bus))

    verdict = proved(prefork.nginx_url)

    assert broken(verdict) == name
    assert words in said(verdict, name)


def test_an_evented_port_that_takes_and_never_answers(prefork: Lab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        prefork.up(site=site(f"proxy_pass http://127.0.0.1:{port}; proxy_read_timeout 1s;"))

        verdict = proved(prefork.nginx_url)

    assert broken(verdict) == "evented port"
    assert "504 Gateway Time" in said(verdict, "evented port")


def test_a_proxy_that_cuts_silence_is_found_by_keeping_silent(prefork: Lab) -> None:
    prefork.up(site=site(f"{TO_EVENTED} proxy_read_timeout 1s;"))

    verdict = proved(prefork.nginx_url, idle_seconds=8)

    assert broken(verdict) == "idle"
    assert "proxy_read_timeout" in (verdict.cure or "")


def test_a_password_in_front_keeps_it_from_being_told(prefork: Lab) -> None:
    guard = "auth_basic shop; auth_basic_user_file /dev/null;"
    prefork.up(site=site(TO_EVENTED, more=guard))

    assert proved(prefork.nginx_url).outcome == "could not tell"


def test_without_nginx_nobody_takes_the_connection(prefork: Lab) -> None:
    prefork.up()
    state = read_state(prefork.folder.state)
    assert state is not None
    Nginx(prefork.folder, prefork.user).stop(state.nginx)

    assert broken(proved(prefork.nginx_url)) == "TCP"


def test_a_name_that_does_not_exist() -> None:
    assert broken(proved("http://shop.invalid")) == "DNS"


def test_the_http_port_itself_keeps_nobody_waiting_and_the_evented_one_does(
    prefork: Lab,
) -> None:
    assert broken(proved(prefork.url)) == "nginx route"
    assert proved(f"http://127.0.0.1:{prefork.evented_port}").outcome == "holds"


def test_a_threaded_server_answers_on_its_only_port_and_not_on_the_evented_one(
    threaded: Lab,
) -> None:
    assert proved(threaded.url).outcome == "holds"
    verdict = proved(threaded.nginx_url)
    assert broken(verdict) == "evented port"
    assert "workers = 0" in (verdict.cure or "")

    conf = threaded.folder.path / "given.conf"
    conf.write_bytes(threaded.conf_path.read_bytes())
    threaded.up(conf=conf, site=site(TO_HTTP))
    assert proved(threaded.nginx_url).outcome == "holds"


@pytest.fixture(scope="module")
def certificate(prefork: Lab) -> Path:
    """A certificate for localhost that nobody has signed; its key lies beside it."""
    path = prefork.folder.nginx / "localhost.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(path.with_suffix(".key")), "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    path.with_suffix(".key").chmod(0o644)
    return path


def secured(certificate: Path) -> str:
    return site(
        TO_EVENTED,
        listen="127.0.0.1:@PORT@ ssl",
        more=f"""ssl_certificate {certificate};
    ssl_certificate_key {certificate.with_suffix(".key")};
    error_page 497 =301 https://$http_host$request_uri;""",
    )


def test_a_certificate_that_nobody_signed_fails_at_tls_and_the_rest_is_told(
    prefork: Lab, certificate: Path
) -> None:
    prefork.up(site=secured(certificate))

    verdict = proved(f"https://localhost:{prefork.nginx_port}")

    assert broken(verdict) == "TLS"
    assert "self-signed certificate" in said(verdict, "TLS")
    assert hop(verdict, "idle").state == "ok"


def test_a_trusted_certificate_holds_also_for_whoever_comes_by_http(
    prefork: Lab, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    prefork.up(site=secured(certificate))

    verdict = proved(f"http://localhost:{prefork.nginx_port}")

    assert verdict.outcome == "holds"
    assert verdict.target == f"https://localhost:{prefork.nginx_port}"
    assert "good until" in said(verdict, "TLS")


def test_a_certificate_for_another_name_fails_at_tls(
    prefork: Lab, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    prefork.up(site=secured(certificate))

    verdict = proved(f"https://127.0.0.1:{prefork.nginx_port}")

    assert broken(verdict) == "TLS"


def test_tls_where_none_is_spoken(prefork: Lab) -> None:
    prefork.up()

    assert broken(proved(f"https://127.0.0.1:{prefork.nginx_port}")) == "TLS"

"""Is a whole nginx site what the plan asks for, and does a real nginx take it?"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workeroo.catalog.series import SERIES
from workeroo.evidence import Unknown
from workeroo.facts.proxy import Location, Proxy
from workeroo.facts.routing import BUS_PATHS, PAGE, chosen, leads_to
from workeroo.render.nginx import site_text, size_text
from workeroo.render.nginxmend import mend_site
from workeroo.render.subject import SiteWish, Subject, Upstream
from workeroo.render.targets import TARGETS
from workeroo.units import MIB

GOLD = Path(__file__).parent / "gold"
PATH = "/etc/nginx/conf.d/odoo.conf"

ProxyOf = Callable[[Mapping[str, str]], Proxy]
SubjectOf = Callable[..., Subject]
Findings = Callable[[Subject, Proxy], list[str]]
Accepts = Callable[[Mapping[str, str]], str]

TLS = SiteWish(
    server_name="shop.example",
    certificate="/etc/ssl/shop.pem",
    certificate_key="/etc/ssl/shop.key",
)
FRONTENDS = SiteWish(
    server_name="shop.example",
    upstreams=[Upstream("10.0.0.11", 8069, 8072), Upstream("10.0.0.12", 8069, 8072)],
)
SENDFILE = b"[options]\nworkers = 9\nx_sendfile = True\ndata_dir = /var/lib/odoo\n"

SUBJECTS: dict[str, dict[str, object]] = {
    "nginx-14": {"series": 14},
    "nginx-16": {"series": 16},
    "nginx-19": {"series": 19},
    "nginx-19-tls": {"series": 19, "site": TLS},
    "nginx-19-frontends": {"series": 19, "site": FRONTENDS},
    "nginx-19-sendfile": {"series": 19, "conf": SENDFILE},
    "nginx-series-unknown": {"series": Unknown("no release file")},
}


@pytest.fixture(params=SUBJECTS)
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def subject(case: str, subject_for: SubjectOf) -> Subject:
    return subject_for(**SUBJECTS[case])


def test_a_site_is_as_its_golden_file(case: str, subject: Subject) -> None:
    gold = GOLD / f"{case}.conf"
    if os.environ.get("WORKEROO_WRITE_GOLD"):
        gold.write_text(site_text(subject), encoding="utf-8")
    assert site_text(subject) == gold.read_text(encoding="utf-8")


def test_nginx_itself_takes_the_site_without_a_warning(
    subject: Subject, nginx_accepts: Accepts
) -> None:
    assert nginx_accepts({PATH: site_text(subject)}) == ""


def test_no_finding_about_nginx_is_left(
    case: str, subject: Subject, proxy_from: ProxyOf, findings_about: Findings
) -> None:
    proxy = proxy_from({PATH: here(site_text(subject))})

    assert len(proxy.sites) == 1, case
    # proxy-mode-off is cured in odoo.conf, once the plan knows that nginx is in front
    assert set(findings_about(subject, proxy)) - {"proxy-mode-off"} == set()


def here(text: str) -> str:
    """With the first frontend on this host, so that the facts know it as the deployment."""
    return text.replace("10.0.0.11", "127.0.0.1")


def locations(subject: Subject, proxy_from: ProxyOf) -> tuple[Location, dict[str, Location]]:
    """The location of the pages, and those of the bus by route."""
    (site,) = proxy_from({PATH: here(site_text(subject))}).sites
    page = chosen(site, PAGE)
    assert page
    found = {route: chosen(site, path) for route, path in BUS_PATHS.items()}
    evented = subject.evented_port
    return page, {
        route: location
        for route, location in found.items()
        if location is not None and leads_to(location, evented)
    }


@pytest.mark.parametrize("series", SERIES)
def test_each_series_has_its_own_bus_route(
    series: int, subject_for: SubjectOf, proxy_from: ProxyOf
) -> None:
    _, bus = locations(subject_for(series), proxy_from)

    assert list(bus) == [SERIES[series].bus_route]


def test_a_series_that_is_not_known_has_both(subject_for: SubjectOf, proxy_from: ProxyOf) -> None:
    _, bus = locations(subject_for(Unknown("no release file")), proxy_from)

    assert set(bus) == set(BUS_PATHS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    real=st.integers(min_value=1, max_value=100_000),
    keep_alive=st.integers(min_value=1, max_value=100_000),
)
def test_who_waits_outside_waits_longer(
    real: int, keep_alive: int, subject_for: SubjectOf, proxy_from: ProxyOf
) -> None:
    conf = f"[options]\nlimit_time_real = {real}\nwebsocket_keep_alive_timeout = {keep_alive}\n"
    subject = subject_for(19, conf=conf.encode())
    page, bus = locations(subject, proxy_from)

    assert page.read_timeout_seconds > subject.number("limit_time_real")
    assert bus["/websocket"].read_timeout_seconds >= page.read_timeout_seconds
    assert bus["/websocket"].read_timeout_seconds >= int(keep_alive * 1.5)


def test_a_location_with_headers_of_its_own_has_all_of_them(
    subject: Subject, proxy_from: ProxyOf
) -> None:
    page, bus = locations(subject, proxy_from)

    assert {"host", "x-forwarded-host", "x-forwarded-for", "x-forwarded-proto"} <= set(page.headers)
    for location in bus.values():
        assert set(page.headers) <= set(location.headers)


def test_no_comment_stands_behind_a_directive_and_no_line_is_too_long(subject: Subject) -> None:
    for line in site_text(subject).splitlines():
        assert len(line) <= 100 or "ssl_ciphers" in line
        assert line.strip().startswith("#") or "#" not in line


def test_a_whole_site_needs_no_mending(
    case: str, subject: Subject, subject_for: SubjectOf, proxy_from: ProxyOf
) -> None:
    files = {PATH: here(site_text(subject))}
    behind = subject_for(**{**SUBJECTS[case], "proxy": proxy_from(files)})

    assert behind.proxy
    assert mend_site(files, behind.proxy, behind) == {}


@pytest.mark.parametrize(
    ("size_bytes", "text"), [(128 * MIB, "128m"), (1536, "1536"), (2048, "2k"), (0, "0")]
)
def test_a_size_is_written_as_nginx_reads_it(size_bytes: int, text: str) -> None:
    assert size_text(size_bytes) == text


def test_the_target_says_what_must_be_known(subject_for: SubjectOf) -> None:
    (rendered,) = TARGETS["nginx"].render(subject_for(19))
    (with_tls,) = TARGETS["nginx"].render(subject_for(19, site=TLS))
    (several,) = TARGETS["nginx"].render(subject_for(19, site=FRONTENDS))

    assert rendered.path == PATH
    assert re.search("default site.*plain HTTP", " ".join(rendered.said))
    assert with_tls.said == []
    assert any("must share data_dir" in sentence for sentence in several.said)


def test_a_proxy_that_could_not_be_read_is_said(subject_for: SubjectOf) -> None:
    subject = subject_for(19, proxy=Unknown("haproxy runs here"), site=TLS)
    (rendered,) = TARGETS["nginx"].render(subject)

    assert rendered.said == [
        "What stands in front now is not known (haproxy runs here): this site is new."
    ]


def test_nobody_comes_to_a_backend(subject_for: SubjectOf) -> None:
    assert TARGETS["nginx"].render(subject_for(19, role="backend")) == []
    assert TARGETS["nginx"].render(subject_for(19, conf=b"[options]\nhttp_enable = False\n")) == []

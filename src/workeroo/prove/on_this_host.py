"""Which line of this host's nginx takes a path of a URL? Only where the URL leads to this host."""

from __future__ import annotations

from urllib.parse import urlsplit

from workeroo.catalog.series import SERIES
from workeroo.evidence import is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Location, Proxy, Site
from workeroo.facts.routing import chosen, leads_to
from workeroo.probe.collect import collect
from workeroo.prove.asked import Taken

_PORTS = {"http": 80, "https": 443}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_here(url: str) -> bool:
    """Whether a URL names this host by its loopback."""
    return urlsplit(url).hostname in LOOPBACK


def taken_by(url: str, path: str) -> Taken | None:
    """The location that takes a path, where nginx and the Odoo behind it could be read."""
    if not is_here(url):
        return None
    parts = urlsplit(url)
    port = parts.port or _PORTS[parts.scheme]
    for deployment in collect().deployments:
        sites = deployment.proxy.sites if isinstance(deployment.proxy, Proxy) else []
        for site in sites:
            location = chosen(site, path) if _listens(site, port) else None
            if location is not None:
                return _taken(deployment, location)
    return None


def _taken(deployment: Deployment, location: Location) -> Taken:
    name = f"{location.modifier} {location.path}".strip()
    return Taken(
        text=f"location {name} at {location.where}", can_hold=_can_hold(deployment, location)
    )


def _can_hold(deployment: Deployment, location: Location) -> bool | None:
    """Whether a location leads to a process that can keep a browser waiting."""
    if leads_to(location, _port(deployment, "http_port")):
        return deployment.mode == "threaded"
    series = SERIES.get(deployment.series) if is_known(deployment.series) else None
    if series and leads_to(location, _port(deployment, series.evented_port_option)):
        return True
    return None


def _port(deployment: Deployment, option: str) -> int | None:
    setting = deployment.setting(option)
    return setting.value if setting and isinstance(setting.value, int) else None


def _listens(site: Site, port: int) -> bool:
    """Whether a site listens on a port: "80", "443 ssl", "127.0.0.1:8080"."""
    return any(listen.split()[0].rpartition(":")[2] == str(port) for listen in site.listens)

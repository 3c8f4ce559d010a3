"""Where does nginx send a path, and does it reach the process that can answer?"""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.checks.asking import evented_port, http_port, series
from workeroo.checks.product import CouldNotTell
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Location, Proxy, Site
from workeroo.facts.routing import BUS_PATHS, PAGE, chosen, leads_to


def sites(deployment: Deployment) -> list[Site]:
    """The nginx sites in front of a deployment; none where none is known."""
    return deployment.proxy.sites if isinstance(deployment.proxy, Proxy) else []


def bus_path(deployment: Deployment) -> str | None:
    """The path on which browsers of this series wait for news; None for an unknown series."""
    known = series(deployment)
    return BUS_PATHS[known.bus_route] if known else None


def page_locations(deployment: Deployment) -> Iterator[Location]:
    """The location of each site that serves ordinary pages from the HTTP port."""
    for site in sites(deployment):
        location = chosen(site, PAGE)
        if location is not None and leads_to(location, http_port(deployment)):
            yield location


def bus_locations(deployment: Deployment) -> Iterator[tuple[Site, Location | None]]:
    """Each site that serves pages, with the location that the bus path takes there."""
    path = bus_path(deployment)
    for site in sites(deployment):
        if path is not None and chosen(site, PAGE) is not None:
            yield site, chosen(site, path)


def to_evented(deployment: Deployment) -> list[Location]:
    """Every location that leads to the evented port."""
    port = evented_port(deployment)
    return [loc for site in sites(deployment) for loc in site.locations if leads_to(loc, port)]


def blind(rule: str, deployment: Deployment) -> Iterator[CouldNotTell]:
    """The verdict of a rule that needs the proxy where it could not be seen; else nothing."""
    if isinstance(deployment.proxy, Unknown):
        reason = f"the proxy: {deployment.proxy.reason}"
        yield CouldNotTell(rule=rule, reason=reason, deployment=deployment.name)

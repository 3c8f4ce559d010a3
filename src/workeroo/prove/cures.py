"""What is to be done about a hop that breaks? Orders for the files where they are carried out."""

from __future__ import annotations

from workeroo.facts.handshake import Failure
from workeroo.prove.asked import Asked

ADDRESS_CURE = "correct the address, or what the name stands for in DNS"

LOG_CURE = "read the end of Odoo's log, and nginx's error log"

SILENCE_SECONDS = 55
"""Odoo sends a ping after 40 to 55 s of silence. Source: odoo/addons/bus/websocket.py,
INACTIVITY_TIMEOUT and TIMEOUT. A poll through 15 is held for 50 s."""

_TLS = {
    "certificate": "renew the certificate, with the whole chain, for the name that browsers use",
    "not tls": "give the address with http://, or let nginx listen with ssl on that port",
}


def route_cure(asked: Asked) -> str:
    """Send the route to the evented process."""
    upgrade = "" if not asked.is_websocket else f", with {_UPGRADE_LINES}"
    return (
        f"in the nginx site, send location {asked.route} to {evented_port(asked)}{upgrade}; "
        "with workers = 0 send it to the HTTP port, which then serves it"
    )


def evented_cure(asked: Asked) -> str:
    """Have somebody listen where the route leads."""
    return (
        f"let location {asked.route} lead to {evented_port(asked)}, and see that the evented "
        "process runs: the log says 'Evented Service (longpolling) running on'; "
        "with workers = 0 there is none, and the route belongs to the HTTP port"
    )


def upgrade_cure(asked: Asked) -> str:
    """Let the upgrade through."""
    return f"in location {asked.route} of the nginx site set {_UPGRADE_LINES}"


def origin_cure(asked: Asked) -> str:
    """Let the origin through."""
    return f"take any proxy_set_header Origin out of location {asked.route}"


def idle_cure(asked: Asked, lived_seconds: float) -> str:
    """Let silence be."""
    return (
        f"set proxy_read_timeout in location {asked.route} above {SILENCE_SECONDS} s (720s is "
        f"usual), and the same in whatever stands in front: it cut after {lived_seconds:.0f} s"
    )


def tls_cure(failure: Failure) -> str:
    """Make the certificate or the port right."""
    return _TLS.get(failure.kind, "look at the certificate and at ssl_protocols of the site")


def evented_port(asked: Asked) -> str:
    """The port of the evented process, by the name that the series has for it."""
    option = asked.series.evented_port_option if asked.series else "gevent_port"
    return f"the evented port ({option}, 8072 by default)"


_UPGRADE_LINES = (
    "proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and "
    "proxy_set_header Connection 'upgrade'"
)

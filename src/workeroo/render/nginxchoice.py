"""Which routes, timeouts and headers does a plan ask of nginx?

The timeouts are a chain: who waits outside waits longer than who works inside, so that the one who
knows the reason gives up first.
"""

from __future__ import annotations

from workeroo.catalog.series import SERIES
from workeroo.evidence import is_known
from workeroo.render.subject import Subject

WEBSOCKET = "/websocket"
"""The bus route that needs the headers of an upgrade."""

SAMPLE_SECONDS = 720
"""proxy_read_timeout in the sample of Odoo's deployment page."""

QUEUE_SECONDS = 60
"""What a request may wait for a free worker before limit_time_real begins to count."""

KEEP_ALIVE_SPREAD = 1.5
"""Odoo lets a websocket live up to half longer than its option says, by chance, so that browsers
do not all come back at once (TimeoutManager in addons/bus/websocket.py)."""

PING_SECONDS = 45
"""Odoo sends a ping at the latest after so long a silence: INACTIVITY_TIMEOUT in
addons/bus/websocket.py, 40 s in 19."""

FORWARDED = {
    "Host": "$http_host",
    "X-Forwarded-Host": "$http_host",
    "X-Forwarded-For": "$proxy_add_x_forwarded_for",
    "X-Forwarded-Proto": "$scheme",
    "X-Real-IP": "$remote_addr",
}
"""What Odoo must be told of the request that nginx got."""

DECISIVE = ("X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto")
"""Those that proxy_mode reads; without the first it reads none (ProxyFix in odoo/http.py)."""


def routes(subject: Subject) -> list[str]:
    """The paths that must reach the evented process; all there are where the series is a guess."""
    deployment = subject.deployment
    if deployment is None or is_known(deployment.series):
        return [SERIES[subject.plan.series].bus_route]
    return list(dict.fromkeys(series.bus_route for series in SERIES.values()))


def page_seconds(subject: Subject) -> int:
    """How long nginx waits for a page: longer than Odoo works on one."""
    return max(SAMPLE_SECONDS, subject.number("limit_time_real") + QUEUE_SECONDS)


def bus_seconds(subject: Subject) -> int:
    """How long nginx waits on the bus: longer than a websocket lives."""
    lives = int(subject.number("websocket_keep_alive_timeout") * KEEP_ALIVE_SPREAD)
    return max(page_seconds(subject), lives)

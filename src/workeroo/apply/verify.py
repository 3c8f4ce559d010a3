"""Does the server run as it should, seen from outside?

Its processes by role, what they wrote in the log, a real request, and a real websocket through
nginx. Each is looked at by itself and told by itself; what cannot be told is no failure.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from workeroo.apply.product import Expected, Seen
from workeroo.catalog.series import SERIES
from workeroo.evidence import Maybe, Unknown, is_known
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.process import Part
from workeroo.facts.proxy import Proxy, Site
from workeroo.probe.collect import collect
from workeroo.probe.handshake import handshake, health
from workeroo.units import format_count

VERIFY_SECONDS = 120.0
"""A webshop with 17 workers stands after some 10 s on two cores; this is for slow machines."""

SETTLED_SECONDS = 60.0
"""For one request: a new worker without db_name loads the registry first."""

_PAUSE_SECONDS = 0.2
_LOG_TAIL_BYTES = 4 * 1024**2
_ALIVE = re.compile(r"Worker (?:WorkerHTTP|WorkerCron) \((\d+)\) alive")
_SERVER_ERROR = 500
_PARTS: dict[Part, str] = {
    "http worker": "HTTP workers",
    "cron worker": "cron workers",
    "evented": "evented processes",
}

Find = Callable[[Expected], Deployment | None]


def find(expected: Expected) -> Deployment | None:
    """The deployment that is meant, as it runs now."""
    for deployment in collect().deployments:
        port = deployment.setting("http_port")
        conf = deployment.conf
        if not isinstance(conf, ConfFile) or port is None:
            continue
        if conf.path == expected.conf_path and port.value == expected.http_port:
            return deployment
    return None


def verify(
    expected: Expected,
    *,
    besides: int | None = None,
    seconds: float = VERIFY_SECONDS,
    heed: Callable[[], None] = lambda: None,
) -> list[Seen]:
    """Look at a server until it shows what is expected, or time is up.

    Args:
        expected: what it should show.
        besides: pid of a master that must be gone, because a new one was started.
        seconds: how long the processes may take to stand.
        heed: called again and again while they do not; raises to stop it.
    """
    end = time.monotonic() + seconds
    while True:
        deployment = find(expected)
        processes = list(_processes(deployment, expected, besides))
        if all(seen.holds for seen in processes):
            break
        if time.monotonic() > end:
            return processes
        heed()
        time.sleep(_PAUSE_SECONDS)
    return [*processes, *_answers(deployment, expected)]


def fits(expected: Expected) -> bool:
    """Whether just these processes run at this moment."""
    return all(seen.holds for seen in _processes(find(expected), expected, None))


def holds(seen: list[Seen]) -> bool:
    """Whether nothing that was looked at speaks against the server."""
    return all(one.holds is not False for one in seen)


def _processes(
    deployment: Deployment | None, expected: Expected, besides: int | None
) -> Iterator[Seen]:
    top = deployment.processes[0].pid if deployment and deployment.processes else None
    if deployment is None or top is None:
        where = f"{expected.conf_path}, port {expected.http_port}"
        yield Seen(what="master", holds=False, text=f"no Odoo runs with {where}")
        return
    if top == besides:
        text = f"Odoo was not restarted: pid {top} is still the one from before"
        yield Seen(what="master", holds=False, text=text)
        return
    yield Seen(what="master", holds=True, text=f"Odoo runs, pid {top}")
    wanted = {
        "http worker": expected.workers,
        "cron worker": expected.crons,
        "evented": expected.evented,
    }
    for part, named in _PARTS.items():
        count = wanted[part]
        if count is not None:
            running = len(deployment.of(part))
            text = f"{named}: {running} of {count}"
            yield Seen(what=named, holds=running == count, text=text)


def _answers(deployment: Deployment | None, expected: Expected) -> Iterator[Seen]:
    if deployment is None:
        return
    yield _alive(deployment)
    yield _request(deployment, expected)
    if expected.through_nginx:
        yield from _through_nginx(deployment)


def _alive(deployment: Deployment) -> Seen:
    """Every worker that runs has said in the log that it is alive."""
    what = "log"
    workers = {p.pid for p in deployment.processes if p.part in ("http worker", "cron worker")}
    text = _log_text(deployment)
    if not is_known(text):
        return Seen(what=what, holds=None, text=f"the log cannot be read: {text.reason}")
    said = {int(pid) for pid in _ALIVE.findall(text)} & workers
    told = f"{len(said)} of {format_count(len(workers), 'worker')} wrote that they are alive"
    if said == workers:
        return Seen(what=what, holds=True, text=told)
    return Seen(what=what, holds=None, text=f"{told}; log_level may hide the others")


def _log_text(deployment: Deployment) -> Maybe[str]:
    """The end of the log: the option's file, else the file that standard error leads to."""
    setting = deployment.setting("logfile")
    top = deployment.processes[0].pid
    try:
        named = setting.value if setting else None
        path = Path(str(named)) if named else Path(f"/proc/{top}/fd/2").readlink()
        if not path.is_file():
            return Unknown(f"it goes to {path}, which is no file")
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _LOG_TAIL_BYTES, 0))
            return file.read().decode(errors="replace")
    except OSError as error:
        return Unknown(error.strerror or str(error))


def _request(deployment: Deployment, expected: Expected) -> Seen:
    interface = deployment.setting("http_interface")
    named = str(interface.value) if interface and interface.value else ""
    host = named if named not in ("", "0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 - compared
    url = f"http://{host}:{expected.http_port}"
    if not _has_http(deployment, expected):
        return Seen(what="request", holds=None, text="it has no worker that answers requests")
    return _answered("request", url, health(url, SETTLED_SECONDS))


def _has_http(deployment: Deployment, expected: Expected) -> bool:
    """Whether anything answers requests: HTTP workers, or a threaded server."""
    if deployment.mode != "threaded":
        return expected.workers != 0
    enabled = deployment.setting("http_enable")
    return enabled is None or enabled.value is not False


def _answered(what: str, url: str, status: Maybe[int]) -> Seen:
    """A series without /web/health answers 404, and that is an answer of a worker too."""
    if not is_known(status):
        return Seen(what=what, holds=False, text=f"{url} does not answer: {status.reason}")
    text = f"{url} answers with status {status}"
    return Seen(what=what, holds=status < _SERVER_ERROR, text=text)


def _through_nginx(deployment: Deployment) -> Iterator[Seen]:
    proxy = deployment.proxy
    if not isinstance(proxy, Proxy) or not proxy.sites:
        reason = proxy.reason if isinstance(proxy, Unknown) else "no nginx site leads to this Odoo"
        yield Seen(what="request through nginx", holds=None, text=reason)
        return
    for site in proxy.sites:
        listen = _listen(site)
        if listen is None:
            text = f"{site.where} listens where a plain request does not reach it: not asked"
            yield Seen(what="request through nginx", holds=None, text=text)
            continue
        url, address = _address(site, listen)
        status = health(url, SETTLED_SECONDS, connect_to=address, verify=False)
        yield _answered("request through nginx", url, status)
        yield _websocket(deployment, url, address)


def _websocket(deployment: Deployment, url: str, address: tuple[str, int]) -> Seen:
    what = "websocket through nginx"
    series = deployment.series
    route = SERIES[series].bus_route if is_known(series) and series in SERIES else ""
    if route != "/websocket":
        text = "this series has no websocket; see `workeroo prove longpolling`"
        return Seen(what=what, holds=None, text=text)
    shaken = handshake(url, route=route, connect_to=address, verify=False)
    return Seen(what=what, holds=shaken.opened, text=shaken.sentence)


def _listen(site: Site) -> str | None:
    """Where a browser would come in, TLS first; None for sockets and the PROXY protocol alone."""
    plain = [
        text
        for text in site.listens
        if not text.startswith("unix:") and not {"proxy_protocol", "quic"} & set(text.split())
    ]
    return next((text for text in plain if "ssl" in text.split()), plain[0] if plain else None)


def _address(site: Site, listen: str) -> tuple[str, tuple[str, int]]:
    """The URL of a site, and where to connect to for it on this host."""
    place, *words = listen.split()
    host, _, port = ("", "", place) if place.isdecimal() else place.rpartition(":")
    if not port.isdecimal():  # an address or a name alone
        host, port = place, ""
    tls = "ssl" in words
    number = int(port) if port else 443 if tls else 80
    here = host.strip("[]") or "127.0.0.1"
    connect = {"*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(here, here)  # noqa: S104 - compared
    name = next(filter(None, map(_name, site.names)), f"[{connect}]" if ":" in connect else connect)
    return f"{'https' if tls else 'http'}://{name}:{number}", (connect, number)


def _name(written: str) -> str | None:
    """A name that a server_name stands for: nginx takes one star, or a leading dot."""
    if written == "_" or not re.fullmatch(r"[\w.*-]+", written):
        return None
    return written.lstrip(".").replace("*", "workeroo")

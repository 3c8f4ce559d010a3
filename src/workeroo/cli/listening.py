"""Where does the endpoint for Prometheus listen: on this host alone, on a socket, or openly?"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import BaseServer, ThreadingUnixStreamServer

import click

from workeroo.errors import OutputError, Unavailable, UsageError
from workeroo.report.metrics_totals import Seen

_UNIX = "unix:"
_MOST_PORT = 65535


class Endpoint:
    """What answers, made with the library of the extra `metrics`.

    Args:
        seen: what there is now.

    Raises:
        UsageError: when the library is missing.
    """

    def __init__(self, seen: Callable[[], Seen]) -> None:
        try:
            from prometheus_client import (  # noqa: PLC0415 - an extra
                CollectorRegistry,
                ProcessCollector,
                exposition,
            )

            from workeroo.report.metrics import Metrics  # noqa: PLC0415 - needs the extra
        except ImportError as error:
            raise UsageError(
                "metrics need the library prometheus-client",
                cure="install it with `pip install 'workeroo[metrics]'`",
            ) from error
        self._registry = CollectorRegistry()
        self._registry.register(Metrics(seen))
        ProcessCollector(registry=self._registry)  # what the watch itself costs
        self._exposition = exposition

    def text(self) -> str:
        """All of it once."""
        return self._exposition.generate_latest(self._registry).decode()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What answers a request."""
        return self._exposition.MetricsHandler.factory(self._registry)


@contextmanager
def listening(address: str, endpoint: Endpoint) -> Iterator[str]:
    """Answer in the background: "127.0.0.1:9889", "[::1]:9889" or "unix:/run/x.sock".

    Raises:
        UsageError: when that is no address; Unavailable: when somebody listens there already;
            OutputError: when the system refuses.
    """
    unix = Path(address[len(_UNIX) :]) if address.startswith(_UNIX) else None
    try:
        server = _unix(unix, endpoint) if unix else _tcp(address, endpoint)
    except OSError as error:
        cure = "give another address with --listen"
        raise OutputError(error.strerror or str(error), where=address, cure=cure) from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address if unix else f"http://{address}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        if unix:
            unix.unlink(missing_ok=True)


def _tcp(address: str, endpoint: Endpoint) -> BaseServer:
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) > _MOST_PORT:
        raise UsageError(f"{address!r} is no address", cure="write it like 127.0.0.1:9889")
    if not _is_loopback(host):
        click.echo(f"workeroo: whoever reaches {address} can read the metrics", err=True)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    return Server((host, int(port)), endpoint.handler())


def _unix(path: Path, endpoint: Endpoint) -> BaseServer:
    if path.is_socket():
        with socket.socket(socket.AF_UNIX) as asked:
            if asked.connect_ex(str(path)) == 0:
                raise Unavailable("somebody listens there already", where=str(path))
        path.unlink()  # of one that was killed

    class Server(ThreadingUnixStreamServer):
        daemon_threads = True

    server = Server(str(path), endpoint.handler())
    path.chmod(0o660)
    return server


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

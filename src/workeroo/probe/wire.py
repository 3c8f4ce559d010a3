"""How is one HTTP request taken over its hops, one by one, within a time for all of them?"""

from __future__ import annotations

import errno
import re
import socket
import ssl
import time
from urllib.parse import urlsplit

import msgspec

from workeroo import __version__
from workeroo.errors import InputError
from workeroo.facts.answer import Answer, is_whole, is_whole_head, parse_answer
from workeroo.facts.handshake import SWITCHING_PROTOCOLS, Exchange, Failure, Kind, Step

MOST_BYTES = 65536
"""Of an answer: enough for a traceback that Odoo wraps into JSON, far more than any head."""

_CLOSE_FRAME = bytes([0x88, 0x80, 0, 0, 0, 0])
"""A polite goodbye on an open websocket: close, masked, without a code. Source: RFC 6455, 5.5.1."""

_PORTS = {"http": 80, "https": 443}

_KINDS: dict[int, Kind] = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "closed",
    errno.EPIPE: "closed",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.ETIMEDOUT: "timeout",
}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask.

    Attributes:
        scheme: "http" or "https".
        host: the name as the server shall hear it.
        port: the port of the URL.
        connect_to: where to connect in place of host and port.
        verify: whether the certificate must be one that a browser trusts.
    """

    scheme: str
    host: str
    port: int
    connect_to: tuple[str, int] | None = None
    verify: bool = True

    @property
    def netloc(self) -> str:
        """The Host header: no port where it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The server itself, as a browser names a page of it."""
        return f"{self.scheme}://{self.netloc}"


class _Ended(Exception):  # noqa: N818 - it ends the way, and is told as a Failure
    """A hop failed."""

    def __init__(self, step: Step, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.failure = Failure(step, kind, text)


class _Way:
    """What is known so far of one request, and how much time is left."""

    def __init__(self, seconds: float) -> None:
        self.began = time.monotonic()
        self.end = self.began + seconds
        self.seconds = seconds
        self.addresses: list[str] = []
        self.peer: str | None = None
        self.certificate: str | None = None

    def left(self, step: Step) -> float:
        """The seconds that are left for this step."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise _Ended(step, "timeout", f"no answer within {self.seconds:g} s")
        return left


def target_of(
    url: str, *, connect_to: tuple[str, int] | None = None, verify: bool = True
) -> Target:
    """Whom a URL means. Its path is of no matter: Odoo serves a host from its root.

    Raises:
        InputError: when it is none for a browser.
    """
    cure = "give it as a browser shows it, like https://shop.example.com"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(f"this is no address: {error}", where=_named(url), cure=cure) from error
    if parts.scheme not in _PORTS or not host:
        raise InputError("this is no http or https address", where=_named(url), cure=cure)
    if parts.username is not None or parts.password is not None:
        raise InputError("it holds a user or a password", where=_named(url), cure="leave them out")
    if not _is_plain(host) or not _is_plain(parts.path):
        raise InputError("it holds spaces or signs", where=_named(url), cure=cure)
    return Target(
        scheme=parts.scheme,
        host=host,
        port=port or _PORTS[parts.scheme],
        connect_to=connect_to,
        verify=verify,
    )


def exchange(
    target: Target,
    path: str,
    *,
    headers: dict[str, str],
    body: bytes | None = None,
    timeout_seconds: float,
) -> Exchange:
    """Ask, and tell what each hop said."""
    way = _Way(timeout_seconds)
    method = "GET" if body is None else "POST"
    request = _request(target, path, method, headers, body)
    failure: Failure | None = None
    answer: Answer | None = None
    try:
        with _secured(target, _connected(target, way), way) as connection:
            answer = _answered(connection, request, way)
    except _Ended as ended:
        failure = ended.failure
    return Exchange(
        url=f"{target.origin}{path.partition('?')[0]}",
        method=method,
        addresses=way.addresses,
        peer=way.peer,
        certificate=way.certificate,
        failure=failure,
        answer=answer,
        seconds=round(time.monotonic() - way.began, 3),
    )


def _request(
    target: Target, path: str, method: str, headers: dict[str, str], body: bytes | None
) -> bytes:
    # "Mozilla/5.0" is missing on purpose: Odoo closes the websocket of a browser whose worker
    # script has not the version of the server, and it tells browsers by nothing else than that
    # they name themselves at all.
    lines = [f"{method} {path} HTTP/1.1", f"Host: {target.netloc}"]
    if "Sec-WebSocket-Key" not in headers:
        lines.append(f"User-Agent: workeroo/{__version__}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def _connected(target: Target, way: _Way) -> socket.socket:
    """The name and the connection."""
    host, port = target.connect_to or (target.host, target.port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise _Ended("dns", "no such name", f"{host}: {said}") from error
    way.addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    refused: _Ended | None = None
    for family, kind, protocol, _, address in found:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(way.left("tcp"))
            connection.connect(address)
        except OSError as error:
            connection.close()
            refused = _ended("tcp", error, f"{address[0]} port {port}")
        else:
            way.peer = f"{address[0]}:{port}"
            return connection
    raise refused or _Ended("dns", "no such name", f"{host} has no address")


def _secured(target: Target, connection: socket.socket, way: _Way) -> socket.socket:
    """TLS, where the URL wants it."""
    if target.scheme != "https":
        return connection
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if not target.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        connection.settimeout(way.left("tls"))
        secured = context.wrap_socket(connection, server_hostname=target.host)
    except (OSError, ValueError, _Ended) as error:
        connection.close()
        raise _tls_ended(error) from error
    way.certificate = _valid_until(secured) if target.verify else None
    return secured


def _tls_ended(error: Exception) -> _Ended:
    if isinstance(error, _Ended):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return _Ended("tls", "certificate", error.verify_message.rstrip("."))
    if isinstance(error, ssl.SSLError):
        return _Ended("tls", "not tls", (error.reason or str(error)).replace("_", " ").lower())
    if isinstance(error, OSError):
        return _ended("tls", error, "TLS")
    return _Ended("tls", "error", str(error))


def _valid_until(secured: ssl.SSLSocket) -> str | None:
    until = (secured.getpeercert() or {}).get("notAfter")
    return until if isinstance(until, str) else None


def _answered(connection: socket.socket, request: bytes, way: _Way) -> Answer:
    """Send the request; the start of what comes back."""
    raw = b""
    try:
        connection.settimeout(way.left("http"))
        connection.sendall(request)
        while len(raw) < MOST_BYTES and not (is_whole_head(raw) and _is_enough(raw)):
            connection.settimeout(way.left("http"))
            piece = connection.recv(MOST_BYTES - len(raw))
            if not piece:
                break
            raw += piece
    except (OSError, _Ended) as error:
        # A head without the end of its body says enough.
        if not is_whole_head(raw):
            raise (error if isinstance(error, _Ended) else _ended("http", error, "")) from error
    return _parsed(raw, connection)


def _is_enough(raw: bytes) -> bool:
    return raw[9:12] == str(SWITCHING_PROTOCOLS).encode() or is_whole(raw)


def _parsed(raw: bytes, connection: socket.socket) -> Answer:
    if not raw:
        raise _Ended("http", "closed", "the connection was closed without an answer")
    answer = parse_answer(raw)
    if answer is None:
        raise _Ended("http", "not http", "what came back is not HTTP")
    if answer.status == SWITCHING_PROTOCOLS:
        _say_goodbye(connection)
    return answer


def _say_goodbye(connection: socket.socket) -> None:
    try:
        connection.sendall(_CLOSE_FRAME)
    except OSError:
        return  # who has gone already needs no goodbye


def _ended(step: Step, error: OSError, what: str) -> _Ended:
    if isinstance(error, TimeoutError):
        return _Ended(step, "timeout", f"{what} does not answer in time".strip())
    kind = _KINDS.get(error.errno or 0, "error")
    said = (error.strerror or str(error)).lower()
    return _Ended(step, kind, f"{what}: {said}" if what else said)


def _is_plain(text: str) -> bool:
    """Whether a part of a URL can stand in a request as it is."""
    return re.fullmatch(r"[^\s\x00-\x20\x7f]*", text) is not None


def _named(url: str) -> str:
    """A URL as it may be told: nothing in front of an @."""
    return re.sub(r"//[^/]*@", "//", url)

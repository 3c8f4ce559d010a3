"""May this server be loaded by whoever asks? Only one that is theirs, and nothing but that one.

This host's loopback is free. Any other host must be named a second time, and must serve a token
that only this user's Workeroo knows, at every address that its name stands for: who can put a file
there owns the site. Requests then go to those addresses only, whatever the name stands for later.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import secrets
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec

from workeroo.errors import InputError, NetworkError, NotPermitted, OutputError

TOKEN_PATH = "/.well-known/workeroo.txt"  # noqa: S105 - where it is, not what it is
TOKEN_PREFIX = "workeroo-"  # noqa: S105 - as above
TOKEN_CHARACTERS = 40

FETCH_SECONDS = 10.0
MOST_BYTES = 4096
"""Of the file with the token; there may be other lines in it, for other users."""

EXAMPLE = "write it like https://shop.example.com"

PORTS = {"http": 80, "https": 443}

Resolve = Callable[[str, int], list[str]]
Fetch = Callable[[SplitResult, str], str]
"""What a site says at `TOKEN_PATH` when one of its addresses is asked."""


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """A server that may be loaded.

    Attributes:
        url: scheme, name and port, without a path.
        addresses: to which requests may go.
        why: what makes it this user's.
        loopback: whether it is this host.
    """

    url: str
    addresses: tuple[str, ...]
    why: str
    loopback: bool


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """How names are looked up and tokens fetched; a test hands in its own."""

    resolve: Resolve
    fetch: Fetch


def allowed(
    url: str,
    owned: Sequence[str],
    secret: bytes,
    door: Door | None = None,
    *,
    verify: bool = True,
) -> Allowed:
    """Whether a server may be loaded.

    Args:
        url: as the user gave it.
        owned: hosts that the user says are theirs.
        secret: of this user, from which tokens are made.
        door: names and tokens; the real ones where None.
        verify: False to take a token also with a certificate that a browser refuses.

    Raises:
        NotPermitted: with the token that the server must serve.
    """
    door = door or Door(resolve=resolve, fetch=partial(fetch, verify=verify))
    parts = _parts(url)
    host = parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    addresses = tuple(dict.fromkeys(door.resolve(host, port)))
    base = f"{parts.scheme}://{parts.netloc}"
    if addresses and all(ipaddress.ip_address(one).is_loopback for one in addresses):
        return Allowed(url=base, addresses=addresses, why="it is this host", loopback=True)
    token = token_of(host, secret)
    if host not in {one.lower() for one in owned}:
        raise NotPermitted(
            "only a server of your own may be loaded",
            where=host,
            cure=f"say --i-own-this-server {host}, and have it serve the line {token} at "
            f"{TOKEN_PATH}",
        )
    for address in addresses:
        if token not in door.fetch(parts, address).split():
            raise NotPermitted(
                f"it does not serve your token at {base}{TOKEN_PATH} ({address})",
                where=host,
                cure=f"put the line {token} there, at every address that the name stands for",
            )
    return Allowed(
        url=base, addresses=addresses, why=f"it serves your token at {TOKEN_PATH}", loopback=False
    )


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise InputError(f"this is no address: {error}", cure=EXAMPLE) from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise InputError("this is no address of a site", where=url.rpartition("@")[2],
                         cure=EXAMPLE)  # fmt: skip
    if parts.username is not None or parts.password is not None:
        cure = "give what journeys need with --given or in the environment"
        raise InputError("an address with a password is not taken", where=parts.hostname, cure=cure)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        cure = f"give {parts.scheme}://{parts.netloc} --page {parts.path}"
        raise InputError("only the site is named here, not a page", where=url, cure=cure)
    return parts


def token_of(host: str, secret: bytes) -> str:
    """What a host must serve: of this user and this host, and of no use to anybody else."""
    mark = hmac.new(secret, host.encode(), hashlib.sha256).hexdigest()
    return TOKEN_PREFIX + mark[:TOKEN_CHARACTERS]


def secret_in(folder: Path) -> bytes:
    """This user's secret; made when it is first needed, and readable by the user alone."""
    path = folder / "stress-secret"
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        path.write_bytes(secrets.token_hex(32).encode())
    except OSError as error:
        raise OutputError(error.strerror or str(error), where=str(path)) from error
    return path.read_bytes()


def resolve(host: str, port: int) -> list[str]:
    """Every address that a name stands for."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        cure = "look at its spelling"
        raise NetworkError("the name is not known", where=host, cure=cure) from error
    return [str(one[4][0]) for one in found]


def fetch(parts: SplitResult, address: str, *, verify: bool = True) -> str:
    """What one address of a site says at the token's path; redirects are not followed."""
    host = parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    try:
        plain = socket.create_connection((address, port), timeout=FETCH_SECONDS)
        with contextlib.closing(plain):
            stream: socket.socket = plain
            if parts.scheme == "https":
                context = ssl.create_default_context()
                if not verify:
                    context.check_hostname = False
                    context.verify_mode = ssl.CERT_NONE
                stream = context.wrap_socket(plain, server_hostname=host)
            connection = http.client.HTTPConnection(host, port, timeout=FETCH_SECONDS)
            connection.sock = stream
            with contextlib.closing(connection):
                connection.request("GET", TOKEN_PATH, headers={"Host": parts.netloc})
                answer = connection.getresponse()
                said = answer.read(MOST_BYTES).decode("utf-8", "replace")
            return said if answer.status == OK else ""
    except (OSError, http.client.HTTPException) as error:
        raise NetworkError(
            f"the token could not be fetched from {address}: {error}", where=host,
            cure="see whether the site answers at all",
        ) from error  # fmt: skip


OK = 200

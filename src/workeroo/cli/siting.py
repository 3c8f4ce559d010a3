"""What does the user say of the nginx site, for every command that writes one?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, TypeVar

import click
import msgspec

from workeroo.errors import UsageError
from workeroo.render.subject import UPLOAD_BYTES, SiteWish, Upstream
from workeroo.units import parse_bytes

F = TypeVar("F", bound=Callable[..., Any])

_NAMES = re.compile(r"[\w.*-]+( [\w.*-]+)*")
_PLAIN_PATH = re.compile(r"[\w./@+,=-]+")
_ADDRESS = re.compile(r"(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")
_HIGHEST_PORT = 65535


class SiteSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said about nginx, as the options below hand it on."""

    server_name: str = "_"
    certificate: str | None = None
    certificate_key: str | None = None
    upload_size: str | None = None


def site_options(command: F) -> F:
    """Add the options of the nginx site to a command; `SiteSaid` takes their values."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def site_said(said: dict[str, Any]) -> SiteSaid:
    """Take the values of these options out of all that a command was given."""
    return SiteSaid(**{name: said.pop(name) for name in SiteSaid.__struct_fields__})


def site_wish(said: SiteSaid, upstreams: list[Upstream] | None = None) -> SiteWish:
    """The wish, if nginx can be written from it.

    Raises:
        UsageError: for half a TLS pair, and for what nginx could not read in one word.
    """
    if (said.certificate is None) != (said.certificate_key is None):
        missing = "--certificate-key" if said.certificate else "--certificate"
        raise UsageError("TLS needs a certificate and its key", cure=f"give {missing} too")
    if not _NAMES.fullmatch(said.server_name):
        what = f"--server-name {said.server_name!r} is no name of a site"
        raise UsageError(what, cure="write it like shop.example.com")
    for option, path in (
        ("--certificate", said.certificate),
        ("--certificate-key", said.certificate_key),
    ):
        if path is not None and not (
            PurePosixPath(path).is_absolute() and _PLAIN_PATH.fullmatch(path)
        ):
            what = f"{option} {path!r} is no plain absolute path"
            raise UsageError(what, cure="give the path on the server that nginx runs on")
    return SiteWish(
        server_name=said.server_name,
        certificate=said.certificate,
        certificate_key=said.certificate_key,
        upload_bytes=parse_bytes(said.upload_size) if said.upload_size else UPLOAD_BYTES,
        upstreams=upstreams or [],
    )


def upstream(address: str, http_port: int, evented_port: int) -> Upstream:
    """A frontend by its address: "10.0.0.5", "front1:8069", "[fd00::1]:8069".

    Raises:
        UsageError: when it is none.
    """
    match = _ADDRESS.fullmatch(address)
    port = int(match["port"] or http_port) if match else 0
    if match is None or not 1 <= port <= _HIGHEST_PORT:
        what = f"--frontend {address!r} is no address"
        raise UsageError(what, cure="write it like front1:8069 or 10.0.0.5")
    return Upstream(match["host"], port, evented_port)


_OPTIONS: list[Callable[[Any], Any]] = [
    click.option(
        "--server-name",
        default="_",
        metavar="NAME",
        help="The site's name in nginx.  [default: whatever is asked for]",
    ),
    click.option("--certificate", metavar="PATH", help="TLS certificate, on nginx's host."),
    click.option("--certificate-key", metavar="PATH", help="Its key."),
    click.option(
        "--upload-size", metavar="SIZE", help="Largest upload that nginx takes.  [default: 128M]"
    ),
]

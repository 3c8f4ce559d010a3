"""Through which nginx locations do requests reach Odoo, with which headers and timeouts?

The product here; nginx's files become it in `facts/nginx.py`.
"""

from __future__ import annotations

import msgspec


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """One nginx `location` that passes requests on, with everything inherited already resolved.

    Attributes:
        modifier: "", "=", "^~", "~" or "~*".
        path: what stands after the modifier.
        where: "file:line" of the block.
        upstream: where it leads: [(host, port)], several for an upstream with several servers.
        headers: effective `proxy_set_header`, names in lower case. nginx inherits them only where
            a level sets none of its own.
        http_version: effective `proxy_http_version`.
        read_timeout_seconds: effective `proxy_read_timeout`.
        buffering: effective `proxy_buffering`.
        request_buffering: effective `proxy_request_buffering`.
    """

    modifier: str
    path: str
    where: str
    upstream: list[tuple[str, int]]
    headers: dict[str, str] = {}
    http_version: str = "1.0"
    read_timeout_seconds: float = 60.0
    buffering: bool = True
    request_buffering: bool = True


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """One nginx `server` block that leads to Odoo.

    Attributes:
        names: server_name values.
        listens: "80", "443 ssl", "127.0.0.1:8080", as written.
        where: "file:line" of the block.
        client_max_body_bytes: effective `client_max_body_size`, 0 for unlimited.
        gzip: effective `gzip`.
        tls: whether any listen is ssl.
    """

    names: list[str]
    listens: list[str]
    where: str
    locations: list[Location]
    client_max_body_bytes: int = 1024**2
    gzip: bool = False
    tls: bool = False


class Proxy(msgspec.Struct, frozen=True, kw_only=True, tag="proxy"):
    """The nginx in front of a deployment: only the sites that lead to its ports.

    Attributes:
        server: "nginx 1.22.1", or "nginx" when the version could not be read.
        config: path of the main file.
        sites: those with at least one location that leads to the deployment.
        problems: what of the configuration could not be read, as sentences.
    """

    server: str
    config: str
    sites: list[Site]
    problems: list[str] = []

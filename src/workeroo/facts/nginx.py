"""Through which locations of a parsed nginx configuration do requests reach a set of ports?

It is given the directives as crossplane makes them, includes already put in place, each with its
file and line, and resolves what nginx inherits from level to level.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from workeroo.facts.proxy import Location, Proxy, Site
from workeroo.facts.secrets import MASK, is_secret, without_credentials

Directive = Mapping[str, Any]
"""`directive`, `args`, `line`, `file`, and `block` where it has one."""

_MODIFIERS = ("=", "^~", "~", "~*")
_UNIT_SECONDS = {
    "ms": 0.001,
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
    "w": 604800,
    "M": 2592000,
    "y": 31536000,
}
"""nginx's own time units; a month is 30 days, a year 365 (nginx.org, "units")."""
_SIZES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_INHERITED = (
    "proxy_http_version",
    "proxy_read_timeout",
    "proxy_buffering",
    "proxy_request_buffering",
    "client_max_body_size",
    "gzip",
)
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie")
_SCHEMES = {"http": 80, "https": 443}


class _Level:
    """What one block says, on top of what stands above it."""

    def __init__(self, block: Sequence[Directive], above: _Level | None = None) -> None:
        self.said: dict[str, str] = dict(above.said) if above else {}
        self.headers: dict[str, str] = above.headers if above else {}
        self.variables: dict[str, str] = dict(above.variables) if above else {}
        own = {}
        for directive in block:
            name, args = directive["directive"], directive["args"]
            if name in _INHERITED and args:
                self.said[name] = args[0]
            elif name == "proxy_set_header" and len(args) > 1:
                own[args[0].lower()] = _shown(args[0].lower(), args[1])
            elif name == "set" and len(args) > 1:
                self.variables[args[0]] = args[1]
        if own:  # one header of its own, and nginx forgets all those from above
            self.headers = own

    def switch(self, name: str, *, default: bool) -> bool:
        return self.said.get(name, "on" if default else "off") == "on"


class _Reader:
    def __init__(
        self, http: Sequence[Directive], ports: Collection[int], here: Collection[str]
    ) -> None:
        self.ports = ports
        self.here = here
        self.problems: list[str] = []
        self.upstreams = {
            directive["args"][0]: [
                _address(server["args"][0], 80)
                for server in directive["block"]
                if server["directive"] == "server" and server["args"]
            ]
            for directive in http
            if directive["directive"] == "upstream" and directive["args"]
        }

    def site(self, server: Directive, above: _Level) -> Site | None:
        block = server["block"]
        level = _Level(block, above)
        locations = list(self.locations(block, level))
        if not locations:
            return None
        listens = [" ".join(d["args"]) for d in block if d["directive"] == "listen"]
        return Site(
            names=[name for d in block if d["directive"] == "server_name" for name in d["args"]],
            listens=listens or ["80"],
            where=_where(server),
            locations=locations,
            client_max_body_bytes=size_bytes(level.said.get("client_max_body_size", "1m")),
            gzip=level.switch("gzip", default=False),
            tls=any("ssl" in listen.split() for listen in listens),
        )

    def locations(self, block: Sequence[Directive], above: _Level) -> Iterator[Location]:
        for directive in block:
            if directive["directive"] in ("location", "if", "limit_except"):
                inner = _Level(directive["block"], above)
                if directive["directive"] == "location":
                    yield from self.passing(directive, inner)
                yield from self.locations(directive["block"], inner)

    def passing(self, location: Directive, level: _Level) -> Iterator[Location]:
        for directive in location["block"]:
            if directive["directive"] != "proxy_pass" or not directive["args"]:
                continue
            upstream = self.target(directive, level)
            if any(self.leads(host, port) for host, port in upstream):
                yield _location(location, level, upstream)

    def target(self, directive: Directive, level: _Level) -> list[tuple[str, int]]:
        url = directive["args"][0]
        for name, value in level.variables.items():
            url = url.replace("${" + name[1:] + "}", value).replace(name, value)
        match = re.match(r"(https?)://([^/]+)", url)
        if match is None or "$" in match[2]:
            if not url.startswith(("http://unix:", "https://unix:")):
                written = without_credentials(directive["args"][0])
                what = f"{_where(directive)}: where proxy_pass {written} leads"
                self.problems.append(f"{what} is only known when a request comes")
            return []
        if match[2] in self.upstreams:
            return [address for address in self.upstreams[match[2]] if address[1]]
        return [_address(match[2], _SCHEMES[match[1]])]

    def leads(self, host: str, port: int) -> bool:
        return port in self.ports and host.lower() in self.here


def proxy_of(
    directives: Sequence[Directive],
    *,
    server: str,
    config: str,
    ports: Collection[int],
    here: Collection[str],
) -> Proxy:
    """Keep the sites that lead to a deployment.

    Args:
        directives: of the main file, includes put in place.
        server: "nginx 1.22.1".
        config: path of the main file.
        ports: that the deployment listens on.
        here: names and addresses by which nginx may call the deployment's host.
    """
    sites: list[Site] = []
    problems: list[str] = []
    for http in directives:
        if http["directive"] != "http":
            continue
        reader = _Reader(http["block"], ports, here)
        level = _Level(http["block"])
        found = (reader.site(d, level) for d in http["block"] if d["directive"] == "server")
        sites += [site for site in found if site]
        problems += reader.problems
    return Proxy(server=server, config=config, sites=sites, problems=problems)


def seconds(text: str) -> float:
    """Read a time of nginx: "720s", "2m", "1h 30m", "60".

    Raises:
        ValueError: when it is none.
    """
    if not re.fullmatch(r"(\d+(ms|[smhdwMy]?)\s*)+", text):
        raise ValueError(text)
    return sum(
        int(number) * _UNIT_SECONDS[unit or "s"]
        for number, unit in re.findall(r"(\d+)(ms|[smhdwMy]?)", text)
    )


def size_bytes(text: str) -> int:
    """Read a size of nginx: "100m", "8k", "0".

    Raises:
        ValueError: when it is none.
    """
    match = re.fullmatch(r"(\d+)([kmg]?)", text.lower())
    if match is None:
        raise ValueError(text)
    return int(match[1]) * _SIZES[match[2]]


def _location(location: Directive, level: _Level, upstream: list[tuple[str, int]]) -> Location:
    args = location["args"]
    modifier = args[0] if args and args[0] in _MODIFIERS else ""
    return Location(
        modifier=modifier,
        path="".join(args[1:] if modifier else args[:1]),
        where=_where(location),
        upstream=upstream,
        headers=level.headers,
        http_version=level.said.get("proxy_http_version", "1.0"),
        read_timeout_seconds=seconds(level.said.get("proxy_read_timeout", "60s")),
        buffering=level.switch("proxy_buffering", default=True),
        request_buffering=level.switch("proxy_request_buffering", default=True),
    )


def _address(text: str, default_port: int) -> tuple[str, int]:
    """Split "127.0.0.1:8069", "[::1]:8069" or "odoo"; port 0 for a Unix socket."""
    if text.startswith("unix:"):
        return text, 0
    match = re.fullmatch(r"\[?(.*?)\]?(?::(\d+))?", text)
    if match is None:
        return text, default_port
    return match[1], int(match[2] or default_port)


def _shown(header: str, value: str) -> str:
    """A header's value, unless it is a password that nginx adds; a variable is none."""
    hidden = header in _SECRET_HEADERS or is_secret(header.replace("-", "_"))
    return MASK if hidden and not value.startswith("$") else value


def _where(directive: Directive) -> str:
    return f"{directive['file']}:{directive['line']}"

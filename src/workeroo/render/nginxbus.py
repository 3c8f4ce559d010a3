"""How does a site that stands get the route on which browsers wait for news?"""

from __future__ import annotations

import re

import msgspec

from workeroo.facts.proxy import Location, Site
from workeroo.facts.routing import BUS_PATHS, chosen, leads_to, matches
from workeroo.facts.secrets import MASK
from workeroo.render.nginxbook import Book, Place, Unmendable
from workeroo.render.nginxchoice import DECISIVE, FORWARDED, WEBSOCKET, bus_seconds
from workeroo.render.nginxset import (
    HEADER,
    set_headers,
    set_value,
    spelled,
    without_uri,
    worth,
)
from workeroo.render.nginxtext import Directive
from workeroo.render.subject import Subject

_GUARDS = (
    "allow", "deny", "satisfy", "auth_basic", "auth_basic_user_file", "auth_request",
)  # fmt: skip
"""Who may come in: what holds for pages must hold for the bus."""

_UPSTREAM = "odoo-evented"


class Wait(msgspec.Struct, frozen=True):
    """One site of the facts that shall send a route to the evented process.

    Attributes:
        server: the site in its file.
        page: the location of its pages, in the facts and in its file.
        route: "/websocket" or "/longpolling".
    """

    subject: Subject
    book: Book
    site: Site
    server: Place
    page: Location
    page_place: Place
    route: str

    @property
    def why(self) -> str:
        """The comment above what is put in."""
        return (
            f"browsers wait for news on {self.route}: only Odoo's evented process answers, on port"
            f" {self.subject.evented_port}"
        )


def mend_bus(wait: Wait) -> None:
    """Let the route lead to the evented process, with the headers that it needs.

    Raises:
        Unmendable: when the location for it is one that cannot be understood.
    """
    location = chosen(wait.site, BUS_PATHS[wait.route])
    if location is not None and leads_to(location, wait.subject.evented_port):
        _mend_headers(wait, location, wait.book.place(location))
        return
    standing = _standing(wait)
    if standing is None:
        _insert(wait)
    elif _is_taken(wait, standing):
        _protect(wait, standing)
    else:
        _turn(wait, standing, location)


def _standing(wait: Wait) -> Place | None:
    """The location that is there for the route alone, wherever it leads."""
    path = BUS_PATHS[wait.route]
    names = {wait.route, path}
    found: list[tuple[Directive, bool]] = [
        (location, included)
        for location, included in wait.book.inside(wait.server.directive)
        if location.modifier in ("", "^~", "=") and location.path in names
        if location.modifier != "=" or location.path == path
    ]
    if not found:
        return None
    location, included = max(found, key=lambda each: each[0].modifier == "=")
    if not included:
        return Place(wait.server.sheet, location, [wait.server.directive])
    for known in wait.site.locations:
        if (known.modifier, known.path) == (location.modifier, location.path):
            return wait.book.place(known)
    raise Unmendable(
        f"{wait.server.where}: location {wait.route} stands in an included file and does not"
        f" lead to port {wait.subject.evented_port}"
    )


def _is_taken(wait: Wait, standing: Place) -> bool:
    """Whether a location leads to the evented port and a regular expression wins over it."""
    return standing.directive.modifier == "" and any(
        loc.where == standing.where and leads_to(loc, wait.subject.evented_port)
        for loc in wait.site.locations
    )


def _protect(wait: Wait, standing: Place) -> None:
    path = standing.directive.args[0]
    standing.sheet.change(
        standing.directive, path.start, path.start, "^~ ",
        why=f"^~, because a regular expression takes {wait.route} before this",
    )  # fmt: skip
    location = next(loc for loc in wait.site.locations if loc.where == standing.where)
    _mend_headers(wait, location, standing)


def _turn(wait: Wait, standing: Place, location: Location | None) -> None:
    """Let a location that leads elsewhere lead to the evented process: its proxy_pass only."""
    passes = standing.directive.of("proxy_pass")
    wish = f"let it lead to port {wait.subject.evented_port}: {wait.why}"
    if len(passes) != 1:
        raise Unmendable(f"{standing.where}: location {wait.route} passes nothing on; {wish}")
    try:
        scheme, address, rest = without_uri(passes[0])
    except Unmendable as error:
        raise Unmendable(f"{standing.where}: {error}; {wish}") from error
    known = location if location and location.where == standing.where else None
    hosts = {host for host, _ in wait.page.upstream}
    if known is None and address.rpartition(":")[0] not in hosts:
        raise Unmendable(f"{standing.where}: leads to {address}, which is not this Odoo; {wish}")
    url = f"{scheme}{_address(wait)}{rest}"
    standing.sheet.replace(passes[0], url, why=f"{wait.why} (was {passes[0].words[0]})")
    _mend_headers(wait, known or _as_fact(wait, standing), standing)


def _as_fact(wait: Wait, standing: Place) -> Location:
    """What the facts would say of a location, which leave it out because it led elsewhere."""
    said: dict[str, str] = {}
    headers: dict[str, str] = {}
    for block in (wait.server.directive, standing.directive):
        inside = [*(block.block or []), *(wait.book.included(block) or [])]
        pairs = [directive.words for directive in inside if directive.name.text == HEADER]
        headers = {words[0].lower(): words[1] for words in pairs if len(words) > 1} or headers
        said |= {directive.name.text: " ".join(directive.words) for directive in inside}
    version = said.get("proxy_http_version", "1.0")
    return Location(
        modifier=standing.directive.modifier, path=standing.directive.path, where=standing.where,
        upstream=[], headers=headers, http_version=version,
    )  # fmt: skip


def _mend_headers(wait: Wait, location: Location, place: Place) -> None:
    """The headers and the version that a websocket needs, and those that proxy_mode reads."""
    wanted: dict[str, str] = {}
    if wait.route == WEBSOCKET:
        upgrade = {"Upgrade": "$http_upgrade", "Connection": "upgrade"}
        wanted = {k: v for k, v in upgrade.items() if not location.headers.get(k.lower())}
        if location.http_version == "1.0":
            why = "a websocket is made for HTTP/1.1"
            set_value(wait.book, place, "proxy_http_version", "1.1", why=why)
    why = "a websocket opens only with these headers"
    if wait.subject.value("proxy_mode"):
        missing = [name for name in DECISIVE if name.lower() not in location.headers]
        if missing and not wanted:
            why = "proxy_mode reads these headers, here too"
        wanted |= {name: _page_header(wait, name) for name in missing}
    if wanted:
        set_headers(wait.book, place, wanted, location.headers, why=why, widely=False)


def _page_header(wait: Wait, name: str) -> str:
    """A header as the pages have it: behind another proxy it may have another value."""
    return wait.page.headers.get(name.lower(), FORWARDED[name])


def _insert(wait: Wait) -> None:
    """A new location for the route, after that of the pages."""
    place = wait.page_place
    if place.around and place.around[-1].name.text != "server":
        place = Place(wait.server.sheet, _last(wait.server), [wait.server.directive])
    if wait.page_place.directive.of("if", "limit_except"):
        raise Unmendable(
            f"{wait.page_place.where}: has an if, which may say who comes in, so a new location"
            f" beside it is not safe to add; add 'location {wait.route}' with proxy_pass"
            f" http://{_address(wait)} by hand"
        )
    modifier = "^~ " if _regex_takes(wait) else ""
    headers = {**FORWARDED, **_page_headers(wait)}
    upgrade = wait.route == WEBSOCKET
    if upgrade:
        headers |= {"Upgrade": "$http_upgrade", "Connection": "upgrade"}
    else:
        headers.pop("Connection", None)
    guards = [
        place.sheet.text[guard.start : guard.end]
        for guard in wait.page_place.directive.of(*_GUARDS)
    ]
    place.sheet.add_block(place.directive, next(iter(place.around), None), [
        f"# workeroo: {wait.why}",
        f"location {modifier}{wait.route} {{",
        f"\tproxy_pass http://{_address(wait)};",
        "\tproxy_http_version 1.1;",
        *(f"\t{HEADER} {name} {worth(name, value)};" for name, value in headers.items()),
        f"\tproxy_read_timeout {bus_seconds(wait.subject)}s;",
        *(f"\t{guard}" for guard in guards),
        "}",
    ])  # fmt: skip


def _page_headers(wait: Wait) -> dict[str, str]:
    """The headers of the pages, but for passwords, which the facts do not hold."""
    found = {spelled(name): value for name, value in wait.page.headers.items()}
    for name in [name for name, value in found.items() if value == MASK]:
        del found[name]
        wait.server.sheet.say(
            f"{wait.page_place.where}: {name} holds a password and is not repeated in location"
            f" {wait.route}: add it there if Odoo needs it"
        )
    return found


def _last(server: Place) -> Directive:
    return (server.directive.block or [server.directive])[-1]


def _regex_takes(wait: Wait) -> bool:
    """Whether a regular expression would win over a plain new location."""
    return any(
        location.modifier in ("~", "~*") and _may_match(location, BUS_PATHS[wait.route])
        for location, _ in wait.book.inside(wait.server.directive)
    )


def _may_match(location: Directive, path: str) -> bool:
    try:
        re.compile(location.path)
    except re.error:
        return True  # PCRE takes more than Python: better safe
    return matches(location.modifier, location.path, path)


def _address(wait: Wait) -> str:
    """How the site calls the evented process: as it does already, else by host and port."""
    port = wait.subject.evented_port
    for location in wait.site.locations:
        if leads_to(location, port) and (address := _written(wait, location)):
            return address
    for upstream in wait.book.blocks("upstream"):
        servers = [server.words[0] for server in upstream.of("server") if server.words]
        if servers and all(server.endswith(f":{port}") for server in servers):
            return upstream.words[0]
    hosts = list(dict.fromkeys(host for host, _ in wait.page.upstream))
    if len(hosts) == 1:
        return _joined(hosts[0], port)
    return _new_upstream(wait, [_joined(host, port) for host in hosts])


def _written(wait: Wait, location: Location) -> str | None:
    try:
        passes = wait.book.place(location).directive.of("proxy_pass")
        return without_uri(passes[0])[1] if passes else None
    except Unmendable:
        return None


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _new_upstream(wait: Wait, servers: list[str]) -> str:
    """Several servers need a name of their own; it may stand after the site that uses it."""
    made = wait.book.made
    if tuple(servers) in made:
        return made[tuple(servers)]
    standing = {name for upstream in wait.book.blocks("upstream") for name in upstream.words[:1]}
    names = (f"{_UPSTREAM}{suffix}" for suffix in ("", "-2", "-3", "-4", "-5"))
    name = next((each for each in names if each not in standing | set(made.values())), None)
    if name is None:
        raise Unmendable(f"{wait.server.where}: all names for an upstream are taken")
    made[tuple(servers)] = name
    around = wait.server.around[-1] if wait.server.around else None
    wait.server.sheet.add_block(wait.server.directive, around, [
        f"# workeroo: the evented processes of the servers behind {wait.page_place.where}",
        f"upstream {name} {{",
        *(f"\tserver {server};" for server in servers),
        "}",
    ])  # fmt: skip
    return name

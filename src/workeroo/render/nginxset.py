"""How does a location or a server get a value or a header that it lacks?

Each function makes one edit on a sheet, or says why it does not (`Unmendable`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from workeroo.facts.secrets import MASK
from workeroo.render.nginxbook import Book, Place, Unmendable
from workeroo.render.nginxtext import Directive

HEADER = "proxy_set_header"


def set_value(book: Book, place: Place, name: str, value: str, *, why: str) -> None:
    """Give a block its own value of a directive that may stand there only once.

    Raises:
        Unmendable: when an included file sets it, or may do so.
    """
    own = place.directive.of(name)
    if own:
        for directive in own:
            was = " ".join(directive.words)
            place.sheet.replace(directive, value, why=f"{why} (was {was})")
        return
    included = book.included(place.directive)
    wish = f"set '{name} {value};' there: {why}"
    if included is None:
        raise Unmendable(f"{place.where}: includes a file that was not read; {wish}")
    if any(directive.name.text == name for directive in included):
        raise Unmendable(f"{place.where}: a file that it includes sets {name}; {wish}")
    family = "client_.*|listen|server_name" if name.startswith("client_") else "proxy_.*"
    place.sheet.add(place.directive, [f"{name} {value};"], why=why, after=family)


def set_headers(
    book: Book,
    place: Place,
    wanted: Mapping[str, str],
    inherited: Mapping[str, str],
    *,
    why: str,
    widely: bool,
) -> None:
    """Send headers from a location, and lose none that it inherits.

    Args:
        book: all files.
        place: the location.
        wanted: headers with their values: those that it lacks.
        inherited: the headers that it sends now, names in lower case.
        why: the comment above them.
        widely: whether they may go to the level from which it inherits, for all locations there.

    Raises:
        Unmendable: when an included file stands in the way.
    """
    level = _level(book, place, widely=widely)
    lines = dict(wanted)
    if level is None:
        level = place
        lines = {**_copied(place, wanted, inherited), **wanted}
    _not_included(book, level, lines)
    own = {directive.words[0].lower(): directive for directive in level.directive.of(HEADER)}
    for name in [name for name in lines if name.lower() in own]:
        standing = own[name.lower()]
        was = quoted("".join(standing.words[1:]))
        value = f"{name} {worth(name, lines.pop(name))}"
        level.sheet.replace(standing, value, why=f"{why} (was {was})")
    if lines:
        orders = [f"{HEADER} {name} {worth(name, value)};" for name, value in lines.items()]
        level.sheet.add(level.directive, orders, why=why, after=HEADER)


def _not_included(book: Book, level: Place, lines: Mapping[str, str]) -> None:
    names = {name.lower() for name in lines}
    for directive in book.included(level.directive) or []:
        if (
            directive.name.text == HEADER
            and directive.words
            and directive.words[0].lower() in names
        ):
            raise Unmendable(f"{level.where}: a file that it includes sets {directive.words[0]}")


def _level(book: Book, place: Place, *, widely: bool) -> Place | None:
    """The block whose headers hold in a location; None where they come from farther away."""
    around = place.around if widely else []
    for depth in range(len(around), -1, -1):
        block = [*around, place.directive][depth]
        included = book.included(block)
        if block.of(HEADER):
            return Place(place.sheet, block, around[:depth])
        if included is None:
            raise Unmendable(
                f"{place.where}: includes a file that was not read, so what headers it sets is not"
                " known"
            )
        if any(directive.name.text == HEADER for directive in included):
            return Place(place.sheet, block, around[:depth])
        if block.name.text == "server":
            break
    return None


def _copied(
    place: Place, wanted: Mapping[str, str], inherited: Mapping[str, str]
) -> dict[str, str]:
    """What a location inherits, to be said again: one header of its own and it is forgotten."""
    if MASK in inherited.values():
        raise Unmendable(f"{place.where}: inherits a password in a header, which is not copied")
    names = {name.lower() for name in wanted}
    return {spelled(name): value for name, value in inherited.items() if name not in names}


def spelled(name: str) -> str:
    """A header's name as people write it: "X-Forwarded-For"."""
    words = name.split("-")
    return "-".join("IP" if word == "ip" else word.capitalize() for word in words)


def worth(name: str, value: str) -> str:
    """A header's value as people write it: nginx's manual and every sample quote "upgrade"."""
    return '"upgrade"' if (name, value) == ("Connection", "upgrade") else quoted(value)


def quoted(value: str) -> str:
    """A value as it must stand in the file."""
    if value and not re.search(r"[\s;{}\"'#\\]", value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def without_uri(directive: Directive) -> tuple[str, str, str]:
    """The scheme, the address and the rest of a proxy_pass.

    Raises:
        Unmendable: when it has variables, so that nobody knows where it leads.
    """
    url = directive.words[0] if directive.words else ""
    match = re.fullmatch(r"(https?://)([^/$]+)(/[^$]*)?", url)
    if match is None:
        raise Unmendable(f"proxy_pass {url} is only known when a request comes")
    return match[1], match[2], match[3] or ""

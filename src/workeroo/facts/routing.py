"""Which location of a site does nginx pick for a path?

nginx takes an exact location first, then the longest prefix; unless that says ^~, the first
regular expression that matches wins over it (nginx's manual on `location`).
"""

from __future__ import annotations

import re

from workeroo.facts.proxy import Location, Site

PAGE = "/web"
"""A path that every Odoo answers from its HTTP workers."""

BUS_PATHS = {"/longpolling": "/longpolling/poll", "/websocket": "/websocket"}
"""The path that a browser really asks for, by the route of the series."""


def chosen(site: Site, path: str) -> Location | None:
    """The location that nginx picks for a path; None where none of those that pass on does."""
    exact = [loc for loc in site.locations if loc.modifier == "=" and loc.path == path]
    if exact:
        return exact[0]
    prefixes = [
        loc for loc in site.locations if loc.modifier in ("", "^~") and path.startswith(loc.path)
    ]
    longest = max(prefixes, key=lambda loc: len(loc.path), default=None)
    if longest is not None and longest.modifier == "^~":
        return longest
    matching = (loc for loc in site.locations if matches(loc.modifier, loc.path, path))
    return next(matching, longest)


def matches(modifier: str, pattern: str, path: str) -> bool:
    """Whether a location is a regular expression that takes a path."""
    if modifier not in ("~", "~*"):
        return False
    flags = re.IGNORECASE if modifier == "~*" else 0
    try:
        return re.search(pattern, path, flags) is not None
    except re.error:
        return False  # PCRE takes more than Python; such a location is left out


def leads_to(location: Location, port: int | None) -> bool:
    """Whether a location passes requests on to a port."""
    return any(found == port for _, found in location.upstream)

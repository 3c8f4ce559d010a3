"""Which cookies does a visit hold? A browser's jar for one host, and no more than a load needs."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Cookie(msgspec.Struct, frozen=True):
    """What is kept of a cookie: its value, and the path below which it is sent."""

    value: str
    path: str


class Jar:
    """The cookies of one visit.

    There is one host. Whether a cookie needs https is not asked: browsers trust loopback too.
    """

    __slots__ = ("_cookies",)

    def __init__(self) -> None:
        self._cookies: dict[str, Cookie] = {}

    def keep(self, headers: Iterable[str]) -> None:
        """Take what the values of Set-Cookie say."""
        for header in headers:
            pair, _, rest = header.partition(";")
            name, equals, value = pair.strip().partition("=")
            if not equals:
                continue
            attributes = _attributes(rest)
            if _is_over(attributes):
                self._cookies.pop(name, None)
            else:
                path = attributes.get("path", "/")
                self._cookies[name] = Cookie(value, path if path.startswith("/") else "/")

    def header(self, path: str) -> str | None:
        """The Cookie header for a request of this path; None for none."""
        if not self._cookies:
            return None
        sent = [
            f"{name}={cookie.value}"
            for name, cookie in self._cookies.items()
            if cookie.path == "/" or _is_below(path, cookie.path)
        ]
        return "; ".join(sent) or None


def _attributes(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _is_over(attributes: dict[str, str]) -> bool:
    """Whether the cookie is being taken back: servers date it to the begin of time or give it 0."""
    age = attributes.get("max-age")
    if age is not None:
        return age.startswith("-") or age == "0"
    return " 1970 " in attributes.get("expires", "").replace("-", " ")


def _is_below(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and (
        prefix.endswith("/") or path[len(prefix) : len(prefix) + 1] in {"", "/", "?"}
    )

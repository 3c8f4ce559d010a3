"""Which values of an odoo.conf are secret, and what may be said of them without showing them?"""

from __future__ import annotations

import re

from workeroo.catalog.options import OPTIONS
from workeroo.facts.conf import SecretTrait

MASK = "***"

_TELLTALE = re.compile(
    r"passw|pwd|secret|token|api_?key|dsn|credential|licen[cs]e|salt|signature"
    r"|(?:^|_)(?:key|pin|pass|auth)(?:$|_)"
)
"""Parts of a name that say that its value is a secret, in any section of any module."""

_ONLY_A_PLACE = re.compile(r"_(?:file|filename|path|dir)$")
"""Names that tell where a secret lies, not the secret."""

_IN_DSN = re.compile(
    r"(passw(?:or)?d|pwd|secret|token)(\s*=\s*)(?:'[^']*'|[^\s&;]+)", re.IGNORECASE
)
"""A password among the words of a connection string or in the query of a URL."""

HASH_PREFIX = "$pbkdf2-sha512$"
"""How a password begins that Odoo has hashed (odoo/tools/config.py, passlib)."""

NO_PASSWORD = ("", "False", "false", "None")
"""Spellings by which odoo.conf says that there is no password."""


def is_secret(name: str) -> bool:
    """Whether the value of an option must not be shown, judged by the option's name."""
    option = OPTIONS.get(name)
    if option is not None:
        return option.kind == "secret"
    return _TELLTALE.search(name) is not None and _ONLY_A_PLACE.search(name) is None


def is_masked(said: SecretTrait | None) -> bool:
    """Whether an entry's value was taken out, so that only its trait is left."""
    return said not in (None, "empty")


def trait(name: str, value: str) -> SecretTrait:
    """What may be said of a secret: whether it is set, hashed, or the one that everybody knows."""
    option = OPTIONS.get(name)
    if value in NO_PASSWORD:
        return "empty"
    if value.startswith(HASH_PREFIX):
        return "hashed"
    if option is not None and any(default.value == value for default in option.defaults):
        return "default"
    return "plain"


def without_credentials(value: str) -> str:
    """A value that is no secret itself, with the passwords taken out that stand inside it."""
    if "://" in value and "@" in value:
        value = "".join(_without_login(word) for word in re.split(r"(\s+)", value))
    return _IN_DSN.sub(rf"\1\2{MASK}", value) if "=" in value else value


def _without_login(word: str) -> str:
    """One word without what stands between :// and the last @, which may hold / and @ itself."""
    scheme, slashes, rest = word.partition("://")
    _, at, host = rest.rpartition("@")
    return f"{scheme}{slashes}{MASK}@{host}" if at else word

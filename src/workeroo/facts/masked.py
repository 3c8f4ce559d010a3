"""How may the text of a file be shown: without its passwords, and harmless to a terminal?"""

from __future__ import annotations

import re

from workeroo.facts.secrets import MASK, is_secret, trait, without_credentials

_ENTRY = re.compile(
    r"^(?P<lead>\s*[;#]*\s*)(?P<name>[^=:;#\s][^=:]*?)(?P<mark>\s*[=:]\s*)(?P<value>\S.*)$"
)
"""`name = value`, also where it is commented out."""

_WORDS = re.compile(r"^(?P<lead>\s*[;#]*\s*)(?P<name>[A-Za-z_]+)(?P<mark>\s+)(?P<value>[^\s;]+)$")
"""`name value`, its = forgotten."""

_HEADER = re.compile(
    r"^(?P<lead>\s*#*\s*(?:proxy_set_header|fastcgi_param|uwsgi_param)\s+)(?P<name>[\w-]+)"
    r"(?P<mark>\s+)(?P<value>[^$].*)$"
)
"""What nginx adds to a request; a variable is no password."""

_SECRET_HEADERS = ("authorization", "proxy_authorization", "cookie")


def shown(text: str) -> str:
    """A text of odoo.conf, nginx or the like with passwords as ***, and nothing unprintable."""
    lines = []
    hiding = False
    for line in text.splitlines():
        if hiding and line[:1].isspace() and line.strip() and line.lstrip()[0] not in ";#":
            lines.append(f"{line[: len(line) - len(line.lstrip())]}{MASK}")
            continue
        masked = _masked(line)
        if line.strip() and line.lstrip()[0] not in ";#":
            hiding = masked is not None
        lines.append(_printable(masked or without_credentials(line)))
    return "".join(f"{line}\n" for line in lines)


def hides(text: str) -> bool:
    """Whether a text holds anything that `shown` would hide."""
    return shown(text).count(MASK) > text.count(MASK)


def _masked(line: str) -> str | None:
    """The line without its password; None where it has none."""
    for pattern in (_HEADER, _ENTRY, _WORDS):
        match = pattern.match(line)
        if match is None:
            continue
        name = match["name"].lower().replace("-", "_")
        if pattern is _HEADER and name in _SECRET_HEADERS:
            return f"{match['lead']}{match['name']}{match['mark']}{MASK}"
        if is_secret(name) and trait(name, match["value"].strip()) != "empty":
            return f"{match['lead']}{match['name']}{match['mark']}{MASK}"
    return None


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() or char == "\t" else "?" for char in line)

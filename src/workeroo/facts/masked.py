"""How may the text of a file be shown: without its passwords, and harmless to a terminal?"""

from __future__ import annotations

import re

from workeroo.facts.secrets import MASK, is_secret, trait, without_credentials

_ENTRY = re.compile(
    r"^(?P<lead>\s*[;#]*\s*)(?P<name>[^=:;#\s]+(?:[ \t]+[^=:;#\s]+){0,3})"
    r"(?P<mark>\s*[=:]\s*)(?P<value>\S.*)$"
)
"""`name = value`, also where it is commented out; a few words may be a name, a sentence is none."""

_WORDS = re.compile(r"^(?P<lead>\s*[;#]*\s*)(?P<name>[A-Za-z_]+)(?P<mark>\s+)(?P<value>[^\s;=:]+)$")
"""`name value`, its = forgotten."""

_HEADER = re.compile(
    r"^(?P<lead>\s*#*\s*(?:proxy_set_header|fastcgi_param|uwsgi_param)\s+)(?P<name>[\w-]+)"
    r"(?P<mark>\s+)(?P<value>[^$].*)$"
)
"""What nginx adds to a request; a variable is no password."""

SECRET_HEADERS = ("authorization", "proxy_authorization", "cookie")
"""Names of headers whose value lets somebody in."""


def shown(text: str) -> str:
    """A text of odoo.conf, nginx or the like with passwords as ***, and nothing unprintable."""
    lines = []
    hiding = False
    for line in text.splitlines():
        if hiding and line[:1].isspace() and line.strip() and line.lstrip()[0] not in ";#":
            lines.append(f"{line[: len(line) - len(line.lstrip())]}{MASK}")
            continue
        safe = _masked(line)
        if line.strip() and line.lstrip()[0] not in ";#":
            hiding = safe != line and safe.endswith(MASK)
        lines.append(_printable(safe))
    return "".join(f"{line}\n" for line in lines)


def hides(text: str) -> bool:
    """Whether a text holds anything that `shown` would hide."""
    return shown(text).count(MASK) > text.count(MASK)


def _masked(line: str) -> str:
    """The line without its password."""
    for pattern in (_HEADER, _ENTRY, _WORDS):
        match = pattern.match(line)
        name = match["name"].lower().replace("-", "_") if match else ""
        if match is None or not (is_secret(name) or _is_header(pattern, name)):
            continue
        if trait(name, match["value"].strip()) == "empty":
            return line
        return f"{match['lead']}{match['name']}{match['mark']}{MASK}"
    return without_credentials(line)


def _is_header(pattern: re.Pattern[str], name: str) -> bool:
    return pattern is _HEADER and name in SECRET_HEADERS


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() or char == "\t" else "?" for char in line)

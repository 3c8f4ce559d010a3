"""What changes in a file, as a person would read it, without a secret?"""

from __future__ import annotations

import difflib
import re

from workeroo.facts.secrets import MASK, is_secret, without_credentials

_ENTRY = re.compile(r"^(?P<start>\s*[;#]*\s*(?P<name>[^\s=:;#]+)\s*[=:]\s*)(?P<value>\S.*)$")
_HEADER = re.compile(
    r"^(?P<start>\s*proxy_set_header\s+(?:authorization|proxy-authorization|cookie)\s+)(?P<value>.+)$",
    re.IGNORECASE,
)


def diff(path: str, before: str, after: str) -> str:
    """A unified diff with secrets masked; empty where nothing changes."""
    old, new = (text.splitlines() for text in (before, after))
    lines = list(difflib.unified_diff(old, new, path, path, lineterm=""))
    return "\n".join([*lines[:2], *_masked(lines[2:])])


def _masked(lines: list[str]) -> list[str]:
    """The lines of a diff, each judged without its first column."""
    found = []
    hiding = False
    for line in lines:
        mark, text = line[:1], line[1:]
        if mark == "@":
            hiding = False
            found.append(line)
            continue
        if hiding and text[:1].isspace() and text.strip():  # the secret goes on in this line
            found.append(f"{mark}    {MASK}")
            continue
        match = _ENTRY.match(text) or _HEADER.match(text)
        named = match.groupdict().get("name") if match else None
        hiding = match is not None and (named is None or is_secret(named.lower()))
        shown = f"{match['start']}{MASK}" if match and hiding else without_credentials(text)
        found.append(mark + "".join(c if c.isprintable() or c == "\t" else "?" for c in shown))
    return found

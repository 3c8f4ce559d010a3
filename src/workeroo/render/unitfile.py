"""How is a unit of systemd written: its sections, its values, its name?"""

from __future__ import annotations

import re

from workeroo.errors import InputError
from workeroo.render.directives import Directive, block, commented

Sections = dict[str, list[Directive]]
"""The directives of a unit by section: "Unit", "Service", "Socket", "Install"."""

_SERVICE = re.compile(r"[A-Za-z0-9:_.\\-]+(@[A-Za-z0-9:_.\\-]*)?\.service")
_PLAIN = re.compile(r"[A-Za-z0-9_./:=,@+-]+")
_LONGEST_NAME = 255
"""systemd.unit(5): a unit's name holds at most 255 characters."""


def unit_text(opening: list[str], sections: Sections) -> str:
    """A whole unit file: sentences at the top, then the sections."""
    head = "\n".join(line for sentence in opening for line in commented(sentence))
    parts = [f"[{name}]\n{block(directives)}" for name, directives in sections.items()]
    return "\n".join([f"{head}\n", *parts])


def checked_name(name: str) -> str:
    """The name of a service, as it may become a part of a path.

    Raises:
        InputError: when systemd would not take it for one.
    """
    if len(name) > _LONGEST_NAME or not _SERVICE.fullmatch(name):
        raise InputError(
            f"{name!r} is no name of a systemd service",
            cure="give the facts of the server as `workeroo facts` collects them",
        )
    return name


def word(text: str) -> str:
    """One word of a value: a path or an argument, whatever it holds.

    systemd splits at spaces, and takes % for a specifier (systemd.unit(5), "Quoting").
    """
    escaped = text.replace("\\", "\\\\").replace("%", "%%")
    if _PLAIN.fullmatch(text):
        return escaped
    escaped = escaped.replace('"', '\\"')
    return f'"{"".join(_printable(character) for character in escaped)}"'


def argument(text: str) -> str:
    """One argument of a command line, where $ begins a variable too."""
    return word(text).replace("$", "$$")


def _printable(character: str) -> str:
    """A character as itself, or as the escape that keeps the line one line."""
    if character.isprintable():
        return character
    # Bytes of a path that are no UTF-8 stand as these surrogates; no path has any other one.
    handler = "surrogateescape" if "\udc80" <= character <= "\udcff" else "replace"
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", handler))

"""What does the text of an odoo.conf say, and would Python's parser take it?

The grammar is in `facts/conflines.py`; here its options become entries without secrets.
"""

from __future__ import annotations

import re

from workeroo.catalog.options import ALIASES, OPTIONS
from workeroo.catalog.product import Option
from workeroo.errors import InputError
from workeroo.facts.conf import ConfFile, Entry
from workeroo.facts.conflines import Placed, layout_of, lines_of, shown_name
from workeroo.facts.secrets import MASK, is_secret, trait, without_credentials

_CURE = "give the odoo.conf that the server is started with"
_SHORT_VALUES = ("int", "bytes", "seconds", "float", "bool", "port")
_COMMENT_AFTER_NUMBER = re.compile(r"(?:^|(?<=\s)|(?<=\w))[;#].*", re.DOTALL)
_COMMENT_AFTER_TEXT = re.compile(r"(?<=\s)[;#]\s.*", re.DOTALL)
_FREE_TEXT = frozenset({"dbfilter"})
"""Options whose value may hold ; and # in its own right: a regular expression."""


def parse_conf(data: bytes, path: str) -> ConfFile:
    """Read an odoo.conf.

    Args:
        data: the bytes of the file.
        path: what to call it in evidence and errors.

    Raises:
        InputError: when it is no text, with the line where that shows.
    """
    layout = layout_of(lines_of(_text(data, path)))
    entries = [_entry(placed) for placed in layout.options]
    return ConfFile(path=path, entries=entries, problems=layout.problems)


def _text(data: bytes, path: str) -> str:
    """The file as text, by the encoding that Odoo's Python reads it with."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("the file is UTF-16, Odoo reads UTF-8", where=f"{path}:1", cure=_CURE)
    if (position := data.find(b"\0")) >= 0:
        what = "the file is binary: there is a NUL byte in this line"
        raise InputError(what, where=f"{path}:{_line_of(data, position)}", cure=_CURE)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"byte 0x{data[error.start]:02x} is not UTF-8, so Odoo does not start with this file"
        where = f"{path}:{_line_of(data, error.start)}"
        raise InputError(what, where=where, cure="save the file as UTF-8") from error


def _line_of(data: bytes, position: int) -> int:
    """The number of the line that holds a byte."""
    before = data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def _entry(placed: Placed) -> Entry:
    """The option as it goes into facts, without any secret."""
    value = placed.value
    said = trait(placed.name, value) if is_secret(placed.name) else None
    if said != "empty":
        value = without_credentials(value) if said is None else MASK
    option = OPTIONS.get(ALIASES.get(placed.name, placed.name))
    return Entry(
        section=placed.section,
        name=shown_name(placed.name),
        value=value,
        line=placed.line,
        inline_comment=comment_behind(option, value) if option else None,
        secret=said,
    )


def comment_behind(option: Option, value: str) -> str | None:
    """The part of a value that its author meant as a comment; None also where that is unsure."""
    if option.kind == "secret" or option.name in _FREE_TEXT:
        return None
    found = _comment_pattern(option).search(value)
    return found[0] if found else None


def _comment_pattern(option: Option) -> re.Pattern[str]:
    """Numbers and switches hold no ; or #, texts may."""
    return _COMMENT_AFTER_NUMBER if option.kind in _SHORT_VALUES else _COMMENT_AFTER_TEXT

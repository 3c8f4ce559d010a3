"""What does the text of an odoo.conf say, and would Python's parser take it?

Odoo reads its file with Python's RawConfigParser as it comes: comments fill whole lines, `=` or
`:` stands between name and value, indented lines go on with the value above. This is the same
grammar, except that it keeps line numbers and goes on after a fault, so that one reading tells
them all.
"""

from __future__ import annotations

import re

from workeroo.catalog.options import ALIASES, OPTIONS
from workeroo.catalog.product import Option
from workeroo.errors import InputError
from workeroo.facts.conf import ConfFile, Entry, Problem, ProblemKind
from workeroo.facts.secrets import MASK, is_secret, trait, without_credentials

BOM = "\ufeff"
HEADER = re.compile(r"\[(?P<name>.+)\]")
DEFAULTS = "DEFAULT"
"""The section whose options hold in every other one, by RawConfigParser's rule."""

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
    reading = _Reading()
    for number, line in enumerate(_lines(_text(data, path)), start=1):
        reading.take(number, line)
    return ConfFile(path=path, entries=reading.entries(), problems=reading.all_problems())


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


def _lines(text: str) -> list[str]:
    """The lines as a text file gives them: LF, CRLF and CR all end one."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


class _Draft:
    """An entry whose value may go on in the next line."""

    def __init__(self, section: str, name: str, value: str, line: int) -> None:
        self.section = section
        self.name = name
        self.values = [value]
        self.line = line

    def entry(self) -> Entry:
        """The entry as it goes into facts, without any secret."""
        value = "\n".join(self.values).rstrip()
        said = trait(self.name, value) if is_secret(self.name) else None
        if said != "empty":
            value = without_credentials(value) if said is None else MASK
        return Entry(
            section=self.section,
            name=_shown(self.name),
            value=value,
            line=self.line,
            inline_comment=_inline_comment(self.name, value),
            secret=said,
        )


def _shown(name: str) -> str:
    """A name as facts may hold it: "db_password hunter2" with its = forgotten keeps one word."""
    return name.split(maxsplit=1)[0] if is_secret(name) else name


class _Reading:
    """How far a file has been read: the section, and the option that may go on."""

    def __init__(self) -> None:
        self.section: str | None = None
        self.draft: _Draft | None = None
        self.indent = 0
        self.drafts: list[_Draft] = []
        self.problems: list[Problem] = []
        self.sections: dict[str, int] = {}
        self.first_lines: dict[tuple[str, str], int] = {}

    def take(self, number: int, line: str) -> None:
        """Read one line."""
        if number == 1 and line.startswith(BOM):
            text = "the file begins with a byte order mark, which Odoo's parser takes for text"
            self._problem("no-section-header", number, text)
            line = line[1:]
        value = line.strip()
        if not value:
            if self.draft is not None:
                self.draft.values.append("")
            return
        if value.startswith(("#", ";")):
            return
        indent = len(line) - len(line.lstrip())
        if self.draft is not None and indent > self.indent:
            self.draft.values.append(value)
            return
        self.indent = indent
        header = HEADER.match(value)
        if header is not None:
            self._open(header["name"], number)
        else:
            self._option(value, number)

    def entries(self) -> list[Entry]:
        """All entries so far."""
        return [draft.entry() for draft in self.drafts]

    def all_problems(self) -> list[Problem]:
        """What is wrong with the file, by line."""
        if "options" not in self.sections and not self.problems:
            text = "there is no [options] section, so Odoo starts but reads nothing of this file"
            self._problem("no-options-section", 1, text, fatal=False)
        return sorted(self.problems, key=lambda problem: problem.line)

    def _open(self, name: str, number: int) -> None:
        """Begin a section."""
        first = self.sections.setdefault(name, number)
        if first != number and name != DEFAULTS:
            text = f"section [{name}] stands twice (first at line {first})"
            self._problem("duplicate-section", number, text)
        self.section = name
        self.draft = None

    def _option(self, value: str, number: int) -> None:
        """Read `name = value`. A faulty line is not quoted: it could be part of a secret."""
        if self.section is None:
            self._problem("no-section-header", number, "there is no [options] line above this one")
            self.section = ""
        found = min((p for p in (value.find("="), value.find(":")) if p >= 0), default=-1)
        if found <= 0:
            text = "this line has neither = nor :" if found < 0 else "there is no name before the ="
            self._problem("not-an-option", number, text)
            return
        name = value[:found].rstrip().lower()
        first = self.first_lines.setdefault((self.section, name), number)
        if first != number:
            text = f"option {_shown(name)!r} stands twice (first at line {first})"
            self._problem("duplicate-option", number, text)
        self.draft = _Draft(self.section, name, value[found + 1 :].strip(), number)
        self.drafts.append(self.draft)

    def _problem(self, kind: ProblemKind, line: int, text: str, *, fatal: bool = True) -> None:
        self.problems.append(Problem(kind=kind, line=line, text=text, fatal=fatal))


def _inline_comment(name: str, value: str) -> str | None:
    """The part of a value that its author meant as a comment; None also where that is unsure."""
    option = OPTIONS.get(ALIASES.get(name, name))
    if option is None or option.kind == "secret" or name in _FREE_TEXT:
        return None
    found = _comment_pattern(option).search(value)
    return found[0] if found else None


def _comment_pattern(option: Option) -> re.Pattern[str]:
    """Numbers and switches hold no ; or #, texts may."""
    return _COMMENT_AFTER_NUMBER if option.kind in _SHORT_VALUES else _COMMENT_AFTER_TEXT

"""Which lines of an odoo.conf make sections, options and values, and where does each one stand?

Odoo reads its file with Python's RawConfigParser as it comes: comments fill whole lines, `=` or
`:` stands between name and value, indented lines go on with the value above. This is the same
grammar, except that it keeps the places and goes on after a fault, so that one reading tells them
all. Who reads the values and who edits them both look through it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from workeroo.facts.conf import Problem, ProblemKind
from workeroo.facts.secrets import is_secret

BOM = "\ufeff"
DEFAULTS = "DEFAULT"
"""The section whose options hold in every other one, by RawConfigParser's rule."""

_HEADER = re.compile(r"\[(?P<name>.+)\]")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n)|([^\r\n]+)")


class Line(NamedTuple):
    """One line of a text file; LF, CRLF and CR all end one.

    Attributes:
        number: in the file as it stands, from 1; 0 for a line that an edit puts in.
        text: without its end.
        end: as it stands; empty where the file ends without one.
    """

    number: int
    text: str
    end: str

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but blanks."""
        return not self.text.strip()

    @property
    def is_comment(self) -> bool:
        """Whether the whole line is a comment: no other one is any."""
        return self.text.strip().startswith(("#", ";"))

    @property
    def lead(self) -> str:
        """The blanks in front."""
        return self.text[: len(self.text) - len(self.text.lstrip())]


class Part(NamedTuple):
    """Where a value, or one line of it, stands: `lines[row].text[start:stop]`."""

    row: int
    start: int
    stop: int


class Placed(NamedTuple):
    """An option where it stands.

    Attributes:
        section: as written, without brackets; empty for what stands above the first header.
        name: in lower case, as the server's parser compares it.
        line: number of the first line.
        parts: the first one, which may be empty, and one per further line that is not blank.
        values: the text of each part, and an empty one per blank line.
    """

    section: str
    name: str
    line: int
    parts: list[Part]
    values: list[str]

    @property
    def row(self) -> int:
        """Index of the first line."""
        return self.parts[0].row

    @property
    def value(self) -> str:
        """What the parser hands on."""
        return "\n".join(self.values).rstrip()


class Section(NamedTuple):
    """A section header where it stands.

    Attributes:
        row: index of its line.
        leads: the blanks in front of each statement below it, from its first option on.
    """

    name: str
    row: int
    leads: list[str]


class Layout(NamedTuple):
    """All that a file is made of, in its order."""

    sections: list[Section]
    options: list[Placed]
    problems: list[Problem]

    def refusals(self) -> list[Problem]:
        """Why the server's parser refuses the file."""
        return [problem for problem in self.problems if problem.fatal]


def lines_of(text: str) -> list[Line]:
    """The lines of a text; joined again they are the same text."""
    return [
        Line(number, found[1] or found[3] or "", found[2] or "")
        for number, found in enumerate(_LINE.finditer(text), start=1)
    ]


def layout_of(lines: Sequence[Line]) -> Layout:
    """What each line is to the server's parser."""
    reading = _Reading()
    for row, line in enumerate(lines):
        reading.take(row, line)
    return Layout(reading.sections, reading.options, reading.all_problems())


def shown_name(name: str) -> str:
    """A name as it may be told: "db_password hunter2" with its = forgotten keeps one word."""
    return name.split(maxsplit=1)[0] if is_secret(name) else name


class _Reading:
    """How far a file has been read: the section, and the option that may go on."""

    def __init__(self) -> None:
        self.section: str | None = None
        self.open: Placed | None = None
        self.indent = 0
        self.sections: list[Section] = []
        self.options: list[Placed] = []
        self.problems: list[Problem] = []
        self.first_lines: dict[tuple[str, str | None], int] = {}

    def take(self, row: int, line: Line) -> None:
        """Read one line."""
        skipped = 0
        if row == 0 and line.text.startswith(BOM):
            text = "the file begins with a byte order mark, which Odoo's parser takes for text"
            self._problem("no-section-header", line.number, text)
            skipped = len(BOM)
            line = line._replace(text=line.text[skipped:])
        value = line.text.strip()
        if line.is_blank and self.open is not None:
            self.open.values.append("")
        if line.is_blank or line.is_comment:
            return
        indent = len(line.lead)
        begin = skipped + indent
        if self.open is not None and indent > self.indent:
            self.open.values.append(value)
            self.open.parts.append(Part(row, begin, begin + len(value)))
            return
        self.indent = indent
        header = _HEADER.match(value)
        if header is not None:
            self._header(header["name"], row, line.number)
            return
        self._option(value, Part(row, begin, begin + len(value)), line.number)
        if self.sections and self.open is not None:
            self.sections[-1].leads.append(line.lead)

    def all_problems(self) -> list[Problem]:
        """What is wrong with the file, by line."""
        if ("options", None) not in self.first_lines and not self.problems:
            text = "there is no [options] section, so Odoo starts but reads nothing of this file"
            self._problem("no-options-section", 1, text, fatal=False)
        return sorted(self.problems, key=lambda problem: problem.line)

    def _header(self, name: str, row: int, number: int) -> None:
        """Begin a section."""
        if name != DEFAULTS:
            first = self.first_lines.get((name, None))
            if first is not None:
                text = f"section [{name}] stands twice (first at line {first})"
                self._problem("duplicate-section", number, text)
            else:
                self.first_lines[name, None] = number
        self.sections.append(Section(name, row, []))
        self.section = name
        self.open = None

    def _option(self, value: str, place: Part, number: int) -> None:
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
        key = (self.section, name)
        if key in self.first_lines:
            text = f"option {shown_name(name)!r} stands twice (first at line"
            self._problem("duplicate-option", number, f"{text} {self.first_lines[key]})")
        else:
            self.first_lines[key] = number
        text = value[found + 1 :].strip()
        part = place._replace(start=place.stop - len(text))
        self.open = Placed(self.section, name, number, [part], [text])
        self.options.append(self.open)

    def _problem(self, kind: ProblemKind, line: int, text: str, *, fatal: bool = True) -> None:
        self.problems.append(Problem(kind=kind, line=line, text=text, fatal=fatal))

"""How is a line put into a file of nginx without touching any other line?

A sheet is one file while it is edited: it finds directives by the line that the facts give, and
collects insertions and replacements. Indentation and line ends are the file's own. Where a block
stands on one line, an insertion breaks that line, because a comment must end its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from workeroo.render.nginxtext import Directive, every, parse

MARK = "# workeroo: "
"""Begins the comment above each line that Workeroo put there."""


class Gap(msgspec.Struct, frozen=True):
    """A place in the text where lines go in.

    Attributes:
        start, end: what they replace: nothing, or the blanks inside a line.
        form: "above" a line, "after" one, or "inside" one, which is broken.
        indent: of the new lines.
        rest: indent of what follows in the broken line.
    """

    start: int
    end: int
    form: Literal["above", "after", "inside"]
    indent: str
    rest: str = ""


class Sheet:
    """One file while it is edited.

    Raises:
        Unreadable: when its text is no nginx configuration, or one with Lua inside.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = parse(text)
        self.said: list[str] = []
        self._eol = "\r\n" if "\r\n" in text else "\n"
        self._unit = _unit(text)
        self._lines: dict[Gap, list[list[str]]] = {}
        self._values: dict[tuple[int, int], str] = {}

    def say(self, sentence: str) -> None:
        """Add a sentence about this file, once."""
        if sentence not in self.said:
            self.said.append(sentence)

    def find(
        self, name: str, line: int, words: Iterable[str] | None = None
    ) -> tuple[Directive, list[Directive]] | None:
        """The one directive of this name that begins on a line, with the blocks around it.

        Args:
            name: "server" or "location".
            line: counted from 1.
            words: its arguments, where several may begin on one line.
        """
        found = [
            (directive, around)
            for directive, around in every(self.tree, name)
            if directive.line == line and (words is None or directive.words == list(words))
        ]
        return found[0] if len(found) == 1 else None

    def add(self, block: Directive, lines: list[str], *, why: str, after: str = "") -> None:
        """Put lines into a block.

        Args:
            block: a server or a location.
            lines: directives, without indentation.
            why: the comment above them.
            after: a pattern; they follow the last plain directive whose name matches, else the
                last plain one.
        """
        inner = block.block or []
        plain = [directive for directive in inner if directive.block is None]
        near = [d for d in plain if re.fullmatch(after, d.name.text)] or plain
        indent = self._inner_indent(block)
        end = near[-1].end if near else block.opened
        self._put(self._gap_after(end, block, indent), [MARK + why, *lines])

    def add_block(self, sibling: Directive, around: Directive | None, lines: list[str]) -> None:
        """Put a whole block after another one; its inner lines begin with a tab each."""
        indent = self._indent(sibling.start)
        inner = [line.replace("\t", self._unit) for line in lines]
        self._put(self._gap_after(sibling.end, around, indent), ["", *inner])

    def replace(self, directive: Directive, value: str, *, why: str) -> None:
        """Put another value in the place of a directive's arguments."""
        first, last = directive.args[0], directive.args[-1]
        self.change(directive, first.start, last.end, value, why=why)

    def change(self, directive: Directive, start: int, end: int, value: str, *, why: str) -> None:
        """Put another text in the place of a part of a directive."""
        self._values[start, end] = value
        indent = self._indent(directive.start)
        begin = self._line_start(directive.start)
        if self.text[begin : directive.start].isspace() or begin == directive.start:
            gap = Gap(begin, begin, "above", indent)
        else:
            blanks = re.search(r"[ \t]*$", self.text[begin : directive.start])
            width = len(blanks[0]) if blanks else 0
            deeper = indent + self._unit
            gap = Gap(directive.start - width, directive.start, "inside", deeper, deeper)
        self._put(gap, [MARK + why])

    def edited(self) -> str:
        """The text with all that was put in."""
        pieces = [(start, end, value) for (start, end), value in self._values.items()]
        pieces += [(gap.start, gap.end, self._written(gap)) for gap in self._lines]
        text, offset = "", 0
        for start, end, piece in sorted(pieces):
            text += self.text[offset:start] + piece
            offset = end
        return text + self.text[offset:]

    def _put(self, gap: Gap, lines: list[str]) -> None:
        """Once only: two sites may include the same file."""
        standing = self._lines.setdefault(gap, [])
        if lines not in standing:
            standing.append(lines)

    def _written(self, gap: Gap) -> str:
        lines = [
            (gap.indent + line).rstrip() if line.strip() else ""
            for group in self._lines[gap]
            for line in group
        ]
        joined = self._eol.join(lines)
        if gap.form == "above":
            return joined + self._eol
        if gap.form == "after":
            return self._eol + joined
        return self._eol + joined + self._eol + gap.rest

    def _gap_after(self, end: int, around: Directive | None, indent: str) -> Gap:
        """After the line on which a directive ends, or inside it where it holds more."""
        rest = self.text[end : self._line_end(end)]
        if not rest.strip() or rest.lstrip().startswith("#"):
            return Gap(self._line_end(end), self._line_end(end), "after", indent)
        blanks = len(rest) - len(rest.lstrip())
        closes = around is not None and end + blanks == around.closed
        outer = self._indent(around.start) if closes and around is not None else indent
        return Gap(end, end + blanks, "inside", indent, outer)

    def _inner_indent(self, block: Directive) -> str:
        """That of the first directive in a block that begins its line, else one step deeper."""
        for directive in block.block or []:
            begin = self._line_start(directive.start)
            if not self.text[begin : directive.start].strip():
                return self._indent(directive.start)
        return self._indent(block.start) + self._unit

    def _indent(self, offset: int) -> str:
        begin = self._line_start(offset)
        line = self.text[begin : self._line_end(begin)]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        found = re.compile(r"\r?\n|\Z").search(self.text, offset)
        return found.start() if found else len(self.text)


def _unit(text: str) -> str:
    """One step of indentation: a tab, or the fewest blanks that a line begins with."""
    indents: list[str] = re.findall(r"^(\t| +)(?=[^\s#])", text, re.MULTILINE)
    if not indents:
        return "    "
    if indents.count("\t") * 2 > len(indents):
        return "\t"
    return min((indent for indent in indents if indent != "\t"), key=len)

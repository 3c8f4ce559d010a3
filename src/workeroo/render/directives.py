"""How is one line of a configuration written, with its reason above it?

systemd and PostgreSQL both take a comment only on a line of its own.
"""

from __future__ import annotations

import re
import textwrap

import msgspec

WIDTH_COLUMNS = 96

_TIE = "\N{NO-BREAK SPACE}"
_WITH_UNIT = re.compile(r"(\d) (%|[kMG]i?B\b|s\b)")
"""A number stays on one line with its unit."""


class Directive(msgspec.Struct, frozen=True):
    """One line, and why it stands there.

    Attributes:
        line: "KillMode=mixed"; empty for a reason why something is left out.
        why: sentences; each becomes a comment of its own above the line.
    """

    line: str
    why: list[str]

    def text(self) -> str:
        """The comments and the line."""
        lines = [line for sentence in self.why for line in commented(sentence)]
        return "\n".join([*lines, *([self.line] if self.line else [])])


def because(line: str, *why: str) -> Directive:
    """A line and the reasons for it."""
    return Directive(line, list(why))


def commented(sentence: str) -> list[str]:
    """A sentence as comment lines; what is in it cannot leave the comment."""
    plain = " ".join(sentence.split())
    lines = textwrap.wrap(
        _WITH_UNIT.sub(f"\\1{_TIE}\\2", plain),
        WIDTH_COLUMNS,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_TIE, " ") for line in lines]


def block(directives: list[Directive]) -> str:
    """Lines with their reasons, an empty line between them."""
    return "\n\n".join(directive.text() for directive in directives) + "\n"

"""How does text reach a terminal: colour or not, how wide?"""

from __future__ import annotations

import textwrap

import click
import msgspec

COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


class Paint(msgspec.Struct, frozen=True):
    """Colour and width of the place where a report will be read.

    Attributes:
        colour: False in a pipe, a file, or with NO_COLOR.
        width: columns; text is wrapped to it.
        unicode: whether it has more than ASCII, for curves.
    """

    colour: bool = False
    width: int = 80
    unicode: bool = False

    def bold(self, text: str) -> str:
        """Text that a reader should find first."""
        return click.style(text, bold=True) if self.colour else text

    def dim(self, text: str) -> str:
        """Text that supports, such as a source."""
        return click.style(text, dim=True) if self.colour else text

    def severity(self, severity: str, text: str) -> str:
        """Text in the colour of its severity; the words alone say it too."""
        return click.style(text, fg=COLOURS[severity], bold=True) if self.colour else text

    def good(self, text: str) -> str:
        """Text that says all is well."""
        return click.style(text, fg="green", bold=True) if self.colour else text

    def wrap(self, text: str, indent: str = "", first: str | None = None) -> str:
        """Text wrapped to the width; `first` is the indent of the first line."""
        return textwrap.fill(
            text,
            width=self.width,
            initial_indent=indent if first is None else first,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

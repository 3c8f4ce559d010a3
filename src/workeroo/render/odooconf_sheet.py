"""How are lines of an odoo.conf set, taken out and put in, while every other byte stays?

A sheet collects the deeds on lines that it was given and does them all at once, so that rows keep
their meaning until then.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from workeroo.facts.conflines import Line, Part, Placed, layout_of

REASON = "; workeroo: "
"""Begins a comment line that Workeroo wrote about the option below; a later run replaces it."""

TAKEN_OUT = "; workeroo took out: "
"""Stands in front of a line that no longer counts. All of the line follows, so it can come back."""

WIDTH_CHARACTERS = 100
"""How long a comment line may get."""


class Sheet:
    """Lines of an odoo.conf, their layout, and what shall become of them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = list(lines)
        self.layout = layout_of(lines)
        self._texts: dict[int, str] = {}
        self._above: dict[int, list[str]] = {}
        self._below: dict[int, list[str]] = {}
        self._dropped: set[int] = set()

    def put(self, part: Part, value: str) -> None:
        """Write a value where another stands."""
        text = self.lines[part.row].text
        front, back = text[: part.start], text[part.stop :]
        if part.start == part.stop:
            front, back = _with_gap(front, back)
        self._texts[part.row] = front + value + back

    def take_out(self, placed: Placed) -> None:
        """Turn an option into comments, and remove the reason that was given for its value."""
        self.drop_reason(placed)
        for part in placed.parts:
            self.take_out_line(part)

    def take_out_line(self, part: Part) -> None:
        """Turn one line of an option into a comment."""
        line = self.lines[part.row]
        self._texts[part.row] = line.lead + TAKEN_OUT + line.text[len(line.lead) :]

    def drop_reason(self, placed: Placed) -> None:
        """Remove the comment lines of an earlier run directly above an option."""
        row = placed.row - 1
        while row >= 0 and self.lines[row].text.strip().startswith(REASON.strip()):
            self._dropped.add(row)
            row -= 1

    def above(self, row: int, texts: Iterable[str]) -> None:
        """Put lines in above one that stands."""
        self._above.setdefault(row, []).extend(texts)

    def below(self, row: int, texts: Iterable[str]) -> None:
        """Put lines in below one that stands; with no line at all, row is -1."""
        self._below.setdefault(row, []).extend(texts)

    def done(self) -> list[Line]:
        """The lines after all deeds; where the last one had no end, the new last one has none."""
        lines = list(self._edited())
        if self.lines and not self.lines[-1].end:
            lines[-1] = lines[-1]._replace(end="")
        return lines

    def _edited(self) -> Iterator[Line]:
        for text in self._below.get(-1, []):
            yield Line(0, text, "\n")
        for row, line in enumerate(self.lines):
            end = self._end_at(row)
            for text in self._above.get(row, []):
                yield Line(0, text, end)
            if row not in self._dropped:
                yield Line(line.number, self._texts.get(row, line.text), end)
            for text in self._below.get(row, []):
                yield Line(0, text, end)

    def _end_at(self, row: int) -> str:
        """The end of a line, or for one without any the end of the nearest line above it."""
        ends = (self.lines[near].end for near in range(row, -1, -1))
        return next((end for end in ends if end), "\n")


def reason_lines(why: str, lead: str) -> list[str]:
    """A reason as comment lines, with the given blanks in front."""
    mark = lead + REASON
    return textwrap.wrap(
        why,
        width=max(WIDTH_CHARACTERS, 2 * len(mark)),
        initial_indent=mark,
        subsequent_indent=mark,
        break_long_words=False,
        break_on_hyphens=False,
    )


def text_of(lines: Iterable[Line]) -> str:
    """The text that lines make."""
    return "".join(line.text + line.end for line in lines)


def _with_gap(front: str, back: str) -> tuple[str, str]:
    """Both sides of an empty value: a blank belongs in front where the author sets blanks."""
    if back[:1].isspace():
        return front + back[0], back[1:]
    return (front + " ", back) if front[-2:-1].isspace() else (front, back)

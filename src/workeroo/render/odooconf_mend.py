"""Which faults that keep a server from starting can be mended without changing any meaning?

A comment behind a number goes on a line of its own, a byte order mark goes away, and of lines that
say the same twice one is enough. What only its author can decide is left, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workeroo.catalog.options import OPTIONS, canonical
from workeroo.catalog.othernames import OTHER_NAMES
from workeroo.catalog.product import Option
from workeroo.catalog.series import SERIES
from workeroo.facts.conf import Problem
from workeroo.facts.conflines import (
    BOM,
    DEFAULTS,
    Layout,
    Line,
    Placed,
    layout_of,
    lines_of,
    shown_name,
)
from workeroo.facts.odooconf import comment_behind
from workeroo.facts.values import SkippedError, read_file_value
from workeroo.render.odooconf_sheet import Sheet, text_of
from workeroo.render.product import Edited

_NO_TEXT = re.compile("[\0\udc80-\udcff]")
"""Bytes that no text holds, as `render.product.decode` gives them."""


def mend_conf(before: str, series: int) -> Edited:
    """A text of odoo.conf with its sure faults mended; one that the server takes stays as it is.

    Args:
        before: as `render.product.decode` gives it.
        series: the major version.
    """
    lines, said = mend_lines(lines_of(before), series)
    return Edited(text_of(lines), said)


def mend_lines(lines: list[Line], series: int) -> tuple[list[Line], list[str]]:
    """The same on lines, which know their numbers in the file as it stands."""
    lines, said = _without_mark(lines)
    for mend in (_move_comments, _take_out_repeated):
        sheet = Sheet(lines)
        said += mend(sheet, series)
        lines = sheet.done()
    faults = [problem for problem in layout_of(lines).problems if problem.fatal]
    return lines, [*said, *map(left, faults), *_no_text(lines)]


def left(problem: Problem) -> str:
    """What is said of a fault that stays."""
    return f"line {problem.line}: {problem.text}; this is left, and Odoo does not start with it"


def _without_mark(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """The lines without a byte order mark."""
    if not lines or not lines[0].text.startswith(BOM):
        return lines, []
    first = lines[0]._replace(text=lines[0].text.lstrip(BOM))
    return [first, *lines[1:]], ["the byte order mark at the start of the file is removed"]


def _move_comments(sheet: Sheet, series: int) -> Iterator[str]:
    """Put each comment that makes a value unreadable on a line of its own above it."""
    for placed in _read_by_odoo(sheet.layout):
        option = _option(placed.name, series)
        comment = comment_behind(option, placed.value) if option else None
        if option is None or comment is None or len(placed.parts) > 1:
            continue
        value = placed.value.removesuffix(comment).rstrip()
        if not _is_refused(placed.value, option, series) or _is_refused(value, option, series):
            continue
        if comment.strip("#; \t"):
            sheet.above(placed.row, [sheet.lines[placed.row].lead + comment])
        sheet.put(placed.parts[0], value)
        yield (
            f"the comment behind {placed.name} (line {placed.line}), which Odoo takes for part of"
            " the value, stands above it now"
        )


def _take_out_repeated(sheet: Sheet, series: int) -> Iterator[str]:
    """Keep the last of the lines of a section that set an option to the very same value."""
    del series
    places: dict[tuple[str, str], list[Placed]] = {}
    for placed in sheet.layout.options:
        places.setdefault((placed.section, placed.name), []).append(placed)
    for (section, name), found in places.items():
        if section and len(found) > 1 and len({placed.value for placed in found}) == 1:
            for placed in found[:-1]:
                sheet.take_out(placed)
            numbers = ", ".join(str(placed.line) for placed in found[:-1])
            yield (
                f"{shown_name(name)} stood with the same value in lines {numbers} and"
                f" {found[-1].line}: only the last one still counts"
            )


def _read_by_odoo(layout: Layout) -> list[Placed]:
    """What stands in [options], and what [DEFAULT] lends to it."""
    own = [placed for placed in layout.options if placed.section == "options"]
    names = {placed.name for placed in own}
    if all(section.name != "options" for section in layout.sections):
        return []
    lent = [p for p in layout.options if p.section == DEFAULTS and p.name not in names]
    return lent + own


def _option(name: str, series: int) -> Option | None:
    """What a name sets in a series, also where it does not concern the workers."""
    known = canonical(name, series)
    if known is not None:
        return OPTIONS[known]
    other = OTHER_NAMES.get(name)
    return other.as_option() if other is not None and other.exists(series) else None


def _is_refused(value: str, option: Option, series: int) -> bool:
    """Whether the server does not start with a value."""
    try:
        return read_file_value(SERIES[series], option, value).refusal is not None
    except SkippedError:
        return False


def _no_text(lines: list[Line]) -> Iterator[str]:
    """That the file holds bytes which are no text."""
    for line in lines:
        if _NO_TEXT.search(line.text):
            yield (
                f"line {line.number} holds a byte that is not UTF-8 text: Odoo does not start"
                " before the file is saved as UTF-8"
            )
            return

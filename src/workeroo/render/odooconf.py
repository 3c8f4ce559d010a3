"""How does an odoo.conf get the decided values, while every other byte of it stays?

The value is set where it stands, with its reason in comment lines above it. What already has the
decided value is left alone, so that a second edit changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workeroo.catalog.options import ALIASES, OPTIONS, canonical
from workeroo.catalog.series import SERIES
from workeroo.errors import InternalError
from workeroo.facts.conflines import DEFAULTS, Layout, Line, Placed, lines_of
from workeroo.facts.odooconf import comment_behind
from workeroo.facts.values import SkippedError, read_file_value
from workeroo.plan.product import Decision
from workeroo.render.odooconf_mend import left, mend_lines
from workeroo.render.odooconf_sheet import Sheet, reason_lines, text_of
from workeroo.render.product import Edited

OPTIONS_SECTION = "options"
OPENING = "; The settings of this Odoo server. Workeroo began the file; its own lines say workeroo."


def edit_conf(before: str, decisions: Sequence[Decision], series: int) -> Edited:
    """A text of odoo.conf with the decided values.

    Args:
        before: as `render.product.decode` gives it; empty for a file still to be made.
        decisions: options that the series knows.
        series: the major version.

    Raises:
        InternalError: for a decision that no odoo.conf of this series can hold.
    """
    lines, said = _edit_lines(lines_of(before), decisions, series)
    return Edited(text_of(lines), said)


def renew_conf(before: str, decisions: Sequence[Decision], series: int) -> Edited:
    """The same, and what else keeps the server from starting mended where nothing is guessed.

    The sentences give lines by their numbers in `before`. Mending comes second, because a fault
    of a decided option is none any more by then.

    Raises:
        InternalError: as `edit_conf`.
    """
    lines, said = _edit_lines(lines_of(before), decisions, series)
    lines, said_of_mending = mend_lines(lines, series)
    return Edited(text_of(lines), list(dict.fromkeys(said + said_of_mending)))


def _edit_lines(
    lines: list[Line], decisions: Sequence[Decision], series: int
) -> tuple[list[Line], list[str]]:
    said: list[str] = []
    for decision in decisions:
        edit = _Edit(lines, decision, series)
        said += edit.make()
        lines = edit.sheet.done()
    return lines, [*said, *_twice_options(Sheet(lines).layout)]


class _Standing(NamedTuple):
    """Where a decided option stands.

    Attributes:
        own: in [options] under its name.
        older: in [options] under an older name, which the series honours or not.
        lent: in [DEFAULT] under its name.
        lent_older: in [DEFAULT] under an older name that the series honours.
    """

    own: list[Placed]
    older: list[Placed]
    lent: list[Placed]
    lent_older: list[Placed]


class _Edit:
    """One decision on its way into the lines."""

    def __init__(self, lines: Sequence[Line], decision: Decision, series: int) -> None:
        self.sheet = Sheet(lines)
        self.decision = decision
        self.series = series
        self.text = _spelled(decision, series)

    def make(self) -> list[str]:
        """Do it on the sheet, and say what of it must be known."""
        found = self._standing()
        kept, rivals = self._kept(found)
        said = [*self._said_twice(found.own), *map(self._said_older, rivals[len(found.own[:-1]) :])]
        for rival in rivals:
            self.sheet.take_out(rival)
        if kept is None:
            said += self._add(found.older)
        elif not self._is_already(kept):
            said += self._set(kept)
        return said

    def _standing(self) -> _Standing:
        layout, name = self.sheet.layout, self.decision.option
        reads = any(section.name == OPTIONS_SECTION for section in layout.sections)
        own = [p for p in layout.options if p.section == OPTIONS_SECTION]
        lent = [p for p in layout.options if p.section == DEFAULTS and reads]
        return _Standing(
            own=[p for p in own if p.name == name],
            older=[p for p in own if self._is_older(p.name)],
            lent=[p for p in lent if p.name == name],
            lent_older=[p for p in lent if self._is_older(p.name) and self._is_honoured(p.name)],
        )

    def _kept(self, found: _Standing) -> tuple[Placed | None, list[Placed]]:
        """The place that shall hold the value, None for a new line; and those taken out."""
        older = found.older + found.lent_older
        if found.own:
            return found.own[-1], found.own[:-1] + older
        if not found.lent and len(older) == 1 and self._is_honoured(older[0].name):
            only = older[0]
            return (only, []) if self._is_already(only) else (None, older)
        lends = found.lent and self._is_already(found.lent[-1])
        return (found.lent[-1] if lends else None), older

    def _is_older(self, name: str) -> bool:
        """Whether a name is an older one of the option, and none of another one today."""
        option = self.decision.option
        return ALIASES.get(name) == option and canonical(name, self.series) in (None, option)

    def _is_honoured(self, name: str) -> bool:
        return canonical(name, self.series) == self.decision.option

    def _is_already(self, placed: Placed) -> bool:
        """Whether the server makes the decided value of what stands there."""
        if placed.value == self.text:
            return True
        option = OPTIONS[self.decision.option]
        try:
            reading = read_file_value(SERIES[self.series], option, placed.value)
        except SkippedError:
            return False
        return reading.refusal is None and reading.value == self.decision.value

    def _set(self, placed: Placed) -> Iterator[str]:
        """Write the value in the place of another one."""
        sheet, option = self.sheet, OPTIONS[self.decision.option]
        lead = sheet.lines[placed.row].lead
        sheet.drop_reason(placed)
        comment = comment_behind(option, placed.values[0])
        if comment is not None and comment.strip("#; \t"):
            sheet.above(placed.row, [lead + comment])
        sheet.above(placed.row, reason_lines(self.decision.why, lead))
        sheet.put(placed.parts[0], self.text)
        for part in placed.parts[1:]:
            sheet.take_out_line(part)
        if len(placed.parts) > 1:
            yield (
                f"the indented lines below {placed.name} (line {placed.line}) are commented out:"
                " an indented line goes on with the value above it"
            )

    def _add(self, older: list[Placed]) -> Iterator[str]:
        """Write an option that does not stand yet: below its older name, or at the end."""
        if older:
            last = older[-1]
            lead = self.sheet.lines[last.row].lead
            self.sheet.below(last.parts[-1].row, self._new_lines(lead))
        elif any(section.name == OPTIONS_SECTION for section in self.sheet.layout.sections):
            row, lead = _end_of_options(self.sheet)
            self.sheet.below(row, self._new_lines(lead))
        else:
            self.sheet.below(len(self.sheet.lines) - 1, self._new_section())
            if any(section.name == DEFAULTS for section in self.sheet.layout.sections):
                yield "now that there is an [options] section, the options in [DEFAULT] hold too"

    def _new_lines(self, lead: str) -> list[str]:
        reason = reason_lines(self.decision.why, lead)
        return [*reason, f"{lead}{self.decision.option} = {self.text}"]

    def _new_section(self) -> list[str]:
        lines = self.sheet.lines
        front = [OPENING] if not lines else [""] if not lines[-1].is_blank else []
        return [*front, f"[{OPTIONS_SECTION}]", *self._new_lines("")]

    def _said_twice(self, own: list[Placed]) -> Iterator[str]:
        if len(own) > 1:
            often = "twice" if len(own) == len("ab") else f"{len(own)} times"
            lines = ", ".join(str(placed.line) for placed in own[:-1])
            rest = "the other is" if len(own[:-1]) == 1 else "the others are"
            yield (
                f"{self.decision.option} stood {often} (lines {lines} and {own[-1].line}):"
                f" the last one is kept, {rest} commented out"
            )

    def _said_older(self, placed: Placed) -> str:
        heeds = "heeds too" if self._is_honoured(placed.name) else "does not heed"
        return (
            f"{placed.name} (line {placed.line}), an older name of {self.decision.option} that Odoo"
            f" {self.series} {heeds}, is commented out"
        )


def _end_of_options(sheet: Sheet) -> tuple[int, str]:
    """The row below which a new option goes, and the blanks that belong in front of it.

    It must stand as deep as the last statement: deeper, it would go on with that value; less
    deep, a header that follows would go on with the new one.
    """
    lines, sections = sheet.lines, sheet.layout.sections
    place = max(n for n, section in enumerate(sections) if section.name == OPTIONS_SECTION)
    section, following = sections[place], sections[place + 1 : place + 2]
    stop = following[0].row if following else len(lines)
    lead = section.leads[-1] if section.leads else "".join(lines[s.row].lead for s in following)
    row = stop - 1
    while following and lines[row].is_comment:
        row -= 1
    if not lines[row].is_blank:
        row = stop - 1  # the comments above the next header belong to the options above them
    while lines[row].is_blank:
        row -= 1
    return row, lead


def _twice_options(layout: Layout) -> list[str]:
    """That [options] stands twice, which is left."""
    name = f"[{OPTIONS_SECTION}]"
    twice = [p for p in layout.problems if p.kind == "duplicate-section" and name in p.text]
    return [left(problem) for problem in twice]


def _spelled(decision: Decision, series: int) -> str:
    """The value as odoo.conf holds it.

    Raises:
        InternalError: when this series cannot read it back; the value is not told.
    """
    option = OPTIONS.get(decision.option)
    if option is None or not option.exists(series):
        raise InternalError(f"Odoo {series} has no option {decision.option} that could be set")
    text = str(decision.value)
    fault = None
    if decision.value is None:
        fault = "is no value"
    elif "\n" in text or "\r" in text or text != text.strip():
        fault = "does not fit in a line"
    else:
        try:
            fault = read_file_value(SERIES[series], option, text).refusal
        except SkippedError:
            fault = f"is passed over by Odoo {series}"
    if fault is not None:
        raise InternalError(f"what was decided for {decision.option} {fault}")
    return text

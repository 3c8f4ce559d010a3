"""How is a verdict told to people?

The outcome first, then hop by hop, then the cure, then what was measured. Several verdicts end in
one table.
"""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.prove.product import Hop, Outcome, Proofs, Verdict
from workeroo.report.audit_text import plain
from workeroo.report.paint import Paint
from workeroo.report.plot_text import plot, told

MARKS = {"ok": "ok", "broken": "BROKEN", "not reached": "-", "could not tell": "?"}
SEVERITY = {"broken": "error", "could not tell": "warning", "not reached": "note"}
MARK_WIDTH = max(map(len, MARKS.values()))


SAID = {"holds": "It holds", "fails": "It fails", "could not tell": "Could not tell"}
OUTCOME_WIDTH = max(map(len, SAID))
COLOURS = {"fails": "error", "could not tell": "warning"}


def verdict_text(verdict: Verdict, paint: Paint) -> str:
    """A verdict as text."""
    parts = [_outcome(verdict, paint)]
    if verdict.hops:
        parts.append("\n".join(_hops(verdict.hops, paint)))
    if verdict.cure is not None:
        parts.append(paint.wrap(plain(verdict.cure), "  ", "> "))
    if verdict.curves:
        parts.append(plot(verdict.curves[0], width=paint.width, unicode=paint.unicode))
    if verdict.numbers:
        parts.append("\n".join(_numbers(verdict)))
    if verdict.lines:
        parts.append("\n".join(_lines(verdict, paint)))
    if verdict.evidence:
        parts.append("\n".join(_evidence(verdict, paint)))
    return "\n\n".join(parts)


def proofs_text(proofs: Proofs, paint: Paint) -> str:
    """Several verdicts as text: each of them, then one table, then the outcome that decides."""
    parts = [verdict_text(verdict, paint) for verdict in proofs.verdicts]
    width = max(len(verdict.proof) for verdict in proofs.verdicts)
    rows = [_row(verdict, width, paint) for verdict in proofs.verdicts]
    counts = ", ".join(
        f"{sum(v.outcome == outcome for v in proofs.verdicts)} {word}"
        for outcome, word in (("holds", "hold"), ("fails", "fail"), ("could not tell", "not told"))
    )
    head = f"{SAID[proofs.outcome]}: {plain(proofs.target)}: {counts}."
    return "\n\n".join([*parts, "\n".join([_coloured_outcome(proofs.outcome, head, paint), *rows])])


def _row(verdict: Verdict, width: int, paint: Paint) -> str:
    """One line of the table: the outcome, the proof, and what was observed."""
    label = f"  {verdict.outcome:{OUTCOME_WIDTH}}"
    first = f"{label} {verdict.proof:{width}}  "
    line = paint.wrap(plain(verdict.observed), " " * len(first), first)
    return _coloured_outcome(verdict.outcome, label, paint) + line.removeprefix(label)


def _coloured_outcome(outcome: Outcome, text: str, paint: Paint) -> str:
    colour = COLOURS.get(outcome)
    return paint.severity(colour, text) if colour else paint.good(text)


def _outcome(verdict: Verdict, paint: Paint) -> str:
    text = f"{SAID[verdict.outcome]}: {verdict.proof} on {plain(verdict.target)}."
    head = _coloured_outcome(verdict.outcome, text, paint)
    promised = paint.wrap(f"promised: {plain(verdict.promised)}", "  ")
    observed = paint.wrap(f"observed: {plain(verdict.observed)}", "  ")
    return f"{head}\n{promised}\n{observed}"


def _numbers(verdict: Verdict) -> Iterator[str]:
    width = max(len(number.name) for number in verdict.numbers)
    for number in verdict.numbers:
        yield f"  {plain(number.name):{width}}  {told(number.value, number.unit)}"


def _lines(verdict: Verdict, paint: Paint) -> Iterator[str]:
    yield "Odoo's log:"
    for line in verdict.lines:
        yield paint.dim(paint.wrap(plain(line), "    ", "  "))


def _hops(hops: list[Hop], paint: Paint) -> Iterator[str]:
    """One line for each hop; longer where there is more to say."""
    width = max((len(hop.name) for hop in hops), default=0)
    hang = " " * (2 + MARK_WIDTH + 1 + width + 2)
    for hop in hops:
        label = f"  {MARKS[hop.state]:{MARK_WIDTH}} {hop.name:{width}}"
        text = plain(hop.evidence.text) if hop.evidence else hop.state
        line = paint.wrap(text, hang, f"{label}  ")
        yield _coloured(hop, label, paint) + line.removeprefix(label)


def _coloured(hop: Hop, label: str, paint: Paint) -> str:
    if hop.state == "ok":
        return label
    return paint.severity(SEVERITY[hop.state], label)


def _evidence(verdict: Verdict, paint: Paint) -> Iterator[str]:
    for evidence in verdict.evidence:
        source = f", {plain(evidence.source)}" if evidence.source else ""
        yield paint.dim(paint.wrap(f"{plain(evidence.text)} ({evidence.rank}{source})", "  ", "- "))

"""How is a verdict told to people? The outcome first, then hop by hop, then the cure."""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.prove.product import Hop, Verdict
from workeroo.report.audit_text import plain
from workeroo.report.paint import Paint

MARKS = {"ok": "ok", "broken": "BROKEN", "not reached": "-", "could not tell": "?"}
SEVERITY = {"broken": "error", "could not tell": "warning", "not reached": "note"}
MARK_WIDTH = max(map(len, MARKS.values()))


def verdict_text(verdict: Verdict, paint: Paint) -> str:
    """A verdict as text."""
    parts = [_outcome(verdict, paint), "\n".join(_hops(verdict.hops, paint))]
    if verdict.cure is not None:
        parts.append(paint.wrap(plain(verdict.cure), "  ", "> "))
    if verdict.evidence:
        parts.append("\n".join(_evidence(verdict, paint)))
    return "\n\n".join(parts)


def _outcome(verdict: Verdict, paint: Paint) -> str:
    said = {"holds": "It holds", "fails": "It fails", "could not tell": "Could not tell"}
    text = f"{said[verdict.outcome]}: {verdict.proof} on {plain(verdict.target)}."
    colour = {"fails": "error", "could not tell": "warning"}.get(verdict.outcome)
    head = paint.severity(colour, text) if colour else paint.good(text)
    promised = paint.wrap(f"promised: {plain(verdict.promised)}", "  ")
    observed = paint.wrap(f"observed: {plain(verdict.observed)}", "  ")
    return f"{head}\n{promised}\n{observed}"


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

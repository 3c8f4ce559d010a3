"""How does an autopilot tell people what it does, and why?"""

from __future__ import annotations

from datetime import datetime, timezone

from workeroo.autopilot.product import Entry, Explanation, Status
from workeroo.report.audit_text import plain
from workeroo.report.paint import Paint


def status_text(status: Status, paint: Paint) -> str:
    """How it is: one paragraph, then the bounds."""
    lines = [_head(status, paint)]
    if status.last is not None:
        lines.append(paint.wrap(plain(status.last.sentence), "  "))
    lines += [paint.wrap(plain(why), "    ", "  ") for why in status.bounds.why]
    sent = ", ".join(f"{count} {name}" for name, count in sorted(status.signals.items()))
    lines.append(f"  signals sent: {sent or 'none'}")
    lines.append(paint.dim(paint.wrap(f"journal: {plain(status.journal)}", "  ")))
    lines += [paint.severity("warning", paint.wrap(plain(t), "  ")) for t in status.trouble]
    return "\n".join(lines)


def explanation_text(told: Explanation, paint: Paint) -> str:
    """The answer, then the deeds, then the bounds."""
    parts = [paint.bold(_capital(told.question))]
    parts += [paint.wrap(plain(sentence), "  ") for sentence in told.answer]
    if told.deeds[1:]:
        parts.append("Before that:")
        parts += [paint.wrap(_line(deed), "    ", "  ") for deed in told.deeds[1:]]
    if told.bounds:
        parts.append("Bounds:")
        parts += [paint.dim(paint.wrap(plain(why), "    ", "  ")) for why in told.bounds]
    return "\n".join(parts)


def _head(status: Status, paint: Paint) -> str:
    server = f"master {status.master_pid}" if status.master_pid else "no server"
    how = "paused" if status.paused else "dry run" if status.dry_run else "active"
    text = f"{plain(status.deployment)}: {how}, {server}, autopilot {status.pid}"
    return paint.good(text) if how == "active" else paint.severity("warning", text)


def _line(entry: Entry) -> str:
    at = datetime.fromtimestamp(entry.unix_seconds, tz=timezone.utc)
    return f"{at:%Y-%m-%d %H:%M:%S}Z {plain(entry.sentence)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

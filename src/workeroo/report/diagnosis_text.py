"""How is a diagnosis of logs told to people?

The verdict in the first five lines: what is wrong most, how often, since when, and what was read.
Then each incident with its evidence, cause and cure, then the workload. All texts of a log are
shown so that no terminal takes them for a command: anybody who may send a request writes into it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from datetime import datetime, timezone

from workeroo.report.audit_text import SEVERITIES, plain
from workeroo.report.paint import Paint
from workeroo.report.workload_text import workload_text
from workeroo.units import format_bytes, format_count
from workeroo.workload.product import Diagnosis, Incident, Source
from workeroo.workload.profile import Profile

HANG = "    "
MOST_EVIDENCE = 5
"""Lines of the log that are shown of an incident; all that are kept are in the JSON."""

MOST_EVIDENCE_ROWS = 3
"""Rows of the terminal that one of them may take."""

LONGEST_TEXT = 1500
"""Characters of a cause or a line: ours are shorter, and what a log puts into them may not be."""

LONGEST_IN_VERDICT = (100, 70, 50, 35, 20)
"""Characters of a title or a file's name, the most that let the verdict stay in five rows."""


def diagnosis_text(diagnosis: Diagnosis, paint: Paint) -> str:
    """A diagnosis as text."""
    parts = [_verdict(diagnosis, paint)]
    parts += [incident_text(incident, paint) for incident in diagnosis.incidents]
    if diagnosis.source.skipped:
        parts.append("\n".join(_skipped(diagnosis.source, paint)))
    if diagnosis.workload.requests or diagnosis.workload.cron:
        parts.append(workload_text(diagnosis.workload, paint))
    return "\n\n".join(parts)


def incident_text(incident: Incident, paint: Paint) -> str:
    """One incident with evidence, cause and cure."""
    label = f"{incident.severity}:"
    told = f"{label} {_line(incident.title)}{_often(incident)}"
    head = "\n".join(_wrapped(told, paint, "", HANG))
    lines = [paint.severity(incident.severity, label) + head.removeprefix(label)]
    if _is_timed(incident):
        lines.append(paint.dim(f"{HANG}{_between(incident.first, incident.last)}"))
    for text in incident.evidence[:MOST_EVIDENCE]:
        lines += [paint.dim(row) for row in _evidence(text, paint)]
    lines += _wrapped(_line(incident.cause), paint, HANG, HANG)
    lines += _wrapped(_line(incident.cure), paint, f"{HANG}> ", f"{HANG}  ")
    lines.append(paint.dim(f"{HANG}[{_line(incident.id)}, {incident.confidence} confidence]"))
    return "\n".join(lines)


def _verdict(diagnosis: Diagnosis, paint: Paint) -> str:
    incidents, source = diagnosis.incidents, diagnosis.source
    read = _two_rows(lambda most: _read(source, diagnosis.workload, most), paint)
    if not incidents:
        part = ", as far as could be read" if source.skipped else ""
        text = f"Nothing went wrong{part}." if source.lines else "There is no line to read."
        return "\n".join([paint.good(text) if source.lines else paint.bold(text), *read])
    counts = (
        format_count(number, severity)
        for severity in SEVERITIES
        if (number := sum(incident.severity == severity for incident in incidents))
    )
    worst = incidents[0]
    since = ""
    if _is_timed(worst):
        since = f", {'since ' if worst.count > 1 else ''}{_shown(worst.first)}"

    def said(most: int) -> str:
        return f"Worst: {_cut(_line(worst.title), most)}{_often(worst)}{since}."

    return "\n".join([paint.bold(f"{', '.join(counts)}."), *_two_rows(said, paint), *read])


def _two_rows(said: Callable[[int], str], paint: Paint) -> list[str]:
    """A sentence in at most two rows: what it takes from the log is cut until it fits."""
    rows: list[str] = []
    for most in LONGEST_IN_VERDICT:
        rows = _wrapped(said(most), paint, "", HANG)
        if len(rows) <= 2:  # noqa: PLR2004 - as the name says
            break
    return rows


def _read(source: Source, workload: Profile, most: int) -> str:
    """What was looked at: files, size, lines, time."""
    names = ", ".join("stdin" if name == "-" else _line(name) for name in source.files)
    if len(source.files) > 1 and len(names) > most:
        names = format_count(len(source.files), "file")
    names = names if len(names) <= most else f"...{names[3 - most :]}"
    amount = f"{format_bytes(source.size_bytes)}, {_number(source.lines, 'line')}"
    if workload.first is None or workload.last is None:
        return f"Read: {names} ({amount}; none of them has a time)."
    return f"Read: {names} ({amount}), {_between(_iso(workload.first), _iso(workload.last))}."


def _skipped(source: Source, paint: Paint) -> Iterator[str]:
    yield "Not read:"
    for sentence in source.skipped:
        yield from _wrapped(_line(sentence), paint, f"{HANG}- ", f"{HANG}  ")


def _evidence(text: str, paint: Paint) -> list[str]:
    """A line of the log, over a few rows at most."""
    rows = _wrapped(_line(text), paint, f"{HANG}| ", f"{HANG}| ")
    if len(rows) > MOST_EVIDENCE_ROWS:
        rows = rows[:MOST_EVIDENCE_ROWS]
        rows[-1] = f"{rows[-1][: paint.width - 3]}..."
    return rows


def _often(incident: Incident) -> str:
    """How many times, unless the title has it."""
    told = str(incident.count) in incident.title
    return f", {_number(incident.count, 'time')}" if incident.count > 1 and not told else ""


def _is_timed(incident: Incident) -> bool:
    """Whether its lines had a time; 1970 stands for none: a server that does not start has none."""
    return not incident.first.startswith("1970-")


def _between(first: str, last: str) -> str:
    one, other = _shown(first), _shown(last)
    if one == other:
        return one
    same_day = one[:10] == other[:10]
    return f"{one.removesuffix(' UTC')} to {other[11:] if same_day else other}"


def _shown(moment: str) -> str:
    """A time of the product for people, to the second."""
    try:
        at = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError:
        return _line(moment)
    if at.tzinfo is not None:
        at = at.astimezone(timezone.utc)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).isoformat()


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _line(text: str) -> str:
    """Text of a log in one line, harmless."""
    return plain(" ".join(text.split()), LONGEST_TEXT)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _wrapped(text: str, paint: Paint, first: str, others: str) -> list[str]:
    """Rows of the width; a word that is longer is cut: a log has words without end."""
    return textwrap.wrap(
        text,
        width=paint.width,
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
    ) or [first.rstrip()]

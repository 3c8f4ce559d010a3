"""How is a change told to people: what it would do, how it went, and what was done before?"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from workeroo.apply.product import Change, History, Rehearsal, Replaced, Restart, Seen
from workeroo.report.paint import Paint
from workeroo.units import format_count

HANG = "  "
_SHORT = {True: "ok", False: "no", None: "?"}
_STATES = {
    "done": "in place",
    "restored": "undone",
    "abandoned": "given up before anything changed",
    "stuck": "undone, but not verified: look at the server",
}


def change_text(change: Change, paint: Paint) -> str:
    """How a change went: the verdict first."""
    parts = [_verdict(change, paint)]
    if change.verified:
        parts.append("\n".join(_seen(change.verified, paint)))
    if change.told:
        parts.append("\n".join(paint.wrap(text, HANG, "- ") for text in change.told))
    if change.state == "done" and change.undoes is None:
        parts.append(paint.dim(f"'workeroo rollback {change.id}' takes it back."))
    return "\n\n".join(parts)


def rehearsal_text(rehearsal: Rehearsal, paint: Paint) -> str:
    """What a change would do: each file with its diff, then what would follow."""
    if not rehearsal.files:
        return paint.good("Nothing to change: the server has these settings already.")
    against = [seen for seen in rehearsal.checked if seen.holds is False]
    count = format_count(len(rehearsal.files), "file")
    if against:
        head = paint.severity("error", f"{count} would change, but it cannot be done.")
    else:
        head = paint.bold(f"{count} would change. Nothing was changed.")
    parts = [head, *(_diff(file, paint) for file in rehearsal.files)]
    parts.append("\n".join(_steps(rehearsal.restart, rehearsal.nginx)))
    parts.append("\n".join(_seen(rehearsal.checked, paint)))
    return "\n\n".join(part for part in parts if part)


def history_text(history: History, paint: Paint) -> str:
    """All changes, newest first."""
    if not history.changes:
        return f"Nothing was ever changed here, says {history.folder}."
    return "\n".join(line for change in history.changes for line in _entry(change, paint))


def diffs_text(files: list[Replaced], paint: Paint) -> str:
    """The diffs alone."""
    return "\n\n".join(_diff(file, paint) for file in files)


def _verdict(change: Change, paint: Paint) -> str:
    files = ", ".join(file.path for file in change.files)
    text = f"Change {change.id} is {_state(change)}: {files}."
    wrapped = paint.wrap(text, HANG, "")
    return paint.good(wrapped) if change.state == "done" else paint.severity("error", wrapped)


def _state(change: Change) -> str:
    return _STATES.get(change.state, "interrupted; 'workeroo apply --finish' ends it")


def _entry(change: Change, paint: Paint) -> Iterator[str]:
    head = f"{change.id}  {change.made_at}  {change.made_by}  {change.why}"
    yield paint.wrap(f"{head}: {_state(change)}", " " * 6, "")
    for file in change.files:
        yield paint.dim(f"      {file.path}")


def _seen(seen: list[Seen], paint: Paint) -> Iterator[str]:
    for one in seen:
        mark = _SHORT[one.holds]
        line = paint.wrap(one.text, " " * 5, f"{HANG}{mark:<3}")
        yield paint.severity("error", line) if one.holds is False else line


def _steps(restart: Restart | None, nginx: str | None) -> Iterator[str]:
    if restart is not None:
        yield f"Then Odoo is restarted: {shlex.join(restart.command)} ({restart.why})"
    if nginx is not None:
        yield f"Then nginx reads {nginx} anew, without losing a request."


def _diff(file: Replaced, paint: Paint) -> str:
    lines = file.diff.splitlines() or [f"--- {file.path}", "(no line changes)"]
    return "\n".join(_coloured(line, paint) for line in lines)


def _coloured(line: str, paint: Paint) -> str:
    if line.startswith(("---", "+++")):
        return paint.bold(line)
    if line.startswith("+"):
        return paint.good(line)
    return paint.dim(line) if line.startswith("-") else line

"""The table of exit statuses, made from the errors."""

from __future__ import annotations

from workeroo.errors import WorkerooError

VERDICTS = {
    0: "done; of an audit or a diagnosis: clean, or notes only; of a proof: it holds",
    1: "of an audit or a diagnosis: warnings, nothing worse; of a proof: it could not be told",
    2: "of an audit or a diagnosis: errors; of a proof: it fails",
}
INTERRUPTED = {130: "interrupted (Ctrl-C)"}

OPENING = """# Exit statuses

Made from `src/workeroo/errors.py` by `make docs`. The same for every command; 0, 1 and 2 are a
verdict, everything from 64 on says why there is none. With a failure goes one sentence on stderr:
what, where, and what to do about it.

| status | means |
|---|---|
"""


def pages() -> dict[str, str]:
    """Each page with its text."""
    failures = {kind.exit_code: kind.meaning for kind in WorkerooError.__subclasses__()}
    rows = sorted({**VERDICTS, **failures, **INTERRUPTED}.items())
    table = "".join(f"| {status} | {meaning} |\n" for status, meaning in rows)
    return {"docs/reference/exit-status.md": OPENING + table}

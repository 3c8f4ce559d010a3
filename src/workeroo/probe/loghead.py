"""What is a log wrapped in, by its first lines; and is it a log at all?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from workeroo.errors import InputError
from workeroo.probe.logjournal import SYSLOG, JournalExport, JournalJson, Short
from workeroo.probe.logline import PREFIX, SYSLOG_LAYOUT
from workeroo.probe.logwrap import (
    COMPOSE,
    KUBERNETES,
    TIMED,
    ByLine,
    DockerJson,
    Prefixed,
    Unwrapper,
    is_binary,
)

HEAD_BYTES = 64 * 1024
"""What is looked at: some hundred lines."""

_EXPORT = re.compile(rb"\A(?:\n)*__[A-Z_]+=[^\n]*\n(?:[A-Z0-9_]+[=\n])")
_DOCKER = re.compile(rb'\{"log":|\{.*"log":"')
_JSON = re.compile(rb'\{.*"(?:MESSAGE|__REALTIME_TIMESTAMP)"\s*:')

_NO_LOGS: list[tuple[int, bytes, str, str]] = [
    (0, b"LPKSHHRH", "this is a file of systemd's journal itself",
     "pipe it: journalctl --file FILE -o export | workeroo diagnose -"),
    (0, b"PK\x03\x04", "this is a zip archive", "unpack it and name the logs in it"),
    (257, b"ustar", "this is a tar archive", "unpack it and name the logs in it"),
]  # fmt: skip
"""Where which bytes stand, what that is, and what to do."""


def refuse_other(head: bytes, where: str) -> None:
    """Let only text through.

    Raises:
        InputError: it is an archive, a journal or a program.
    """
    for offset, magic, what, cure in _NO_LOGS:
        if head.startswith(magic, offset):
            raise InputError(what, where=where, cure=cure)
    if is_binary(head):
        raise InputError("this is no text", where=where, cure="give a log of Odoo")


def unwrapper_of(head: bytes, before: datetime) -> Callable[[], Unwrapper] | None:
    """What makes an unwrapper for a log; None where it is Odoo's own, with nothing around it.

    Args:
        head: the first bytes of the content.
        before: no line is younger; with a time zone.
    """
    if _EXPORT.match(head):
        return JournalExport
    lines = [line for line in head.split(b"\n") if line.strip()]
    kinds: list[tuple[re.Pattern[bytes], Callable[[], Unwrapper]]] = [
        (KUBERNETES, lambda: ByLine(Prefixed(KUBERNETES))),
        (SYSLOG, lambda: ByLine(Short(before, datetime.astimezone))),
        (COMPOSE, lambda: ByLine(Prefixed(COMPOSE))),
        (TIMED, lambda: ByLine(Prefixed(TIMED))),
        (_DOCKER, lambda: ByLine(DockerJson())),
        (_JSON, lambda: ByLine(JournalJson())),
    ]
    votes = [(_votes(pattern, lines), make) for pattern, make in kinds]
    (around_odoo, around), make = max(votes, key=lambda vote: vote[0])
    own = sum(1 for line in lines if PREFIX.match(line))
    if around_odoo > own or (own == 0 and 2 * around >= len(lines) > 0):
        return make
    return None


def _votes(pattern: re.Pattern[bytes], lines: list[bytes]) -> tuple[int, int]:
    """How many lines have this around a line of Odoo's, and around whatever."""
    matches = [match for line in lines if (match := pattern.match(line))]
    if pattern in (_DOCKER, _JSON):
        return len(matches), len(matches)
    rests = (match.string[match.end() :] for match in matches)
    return sum(1 for r in rests if PREFIX.match(r) or SYSLOG_LAYOUT.match(r)), len(matches)

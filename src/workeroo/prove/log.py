"""What does a server write into its log while it is tried, and which of it is known?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from workeroo.catalog.loglines import LOG_LINES
from workeroo.evidence import Unknown

_MESSAGE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<pid>\d+) (?P<level>[A-Z]+) \S+ "
    r"(?P<logger>[\w.]+): (?P<message>.*)$"
)
"""A line of Odoo's own layout. Source: odoo/netsvc.py, 12 to 19."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A known line that the server wrote.

    Attributes:
        name: as the catalog calls it: "soft-memory-limit".
        pid: of the process that the line is about; of the one that wrote it where it says none.
        number: the number in it, where there is one: bytes, requests, seconds.
        text: the line as it is written; of a traceback, with the line that it belongs to.
    """

    name: str
    pid: int
    number: int | None
    text: str


class Log:
    """A log from now on.

    Args:
        path: of its file; where that is replaced meanwhile, the new one is read from its start.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        status = path.stat()
        self._inode, self._at_bytes = status.st_ino, status.st_size
        path.open("rb").close()  # whether this user may read it is known before anything is tried
        self._bytes = b""

    def text(self) -> str:
        """All that was written since."""
        with self.path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_ino != self._inode or status.st_size < self._at_bytes:
                self._inode, self._at_bytes = status.st_ino, 0
            file.seek(self._at_bytes)
            more = file.read()
        self._at_bytes += len(more)
        self._bytes += more
        return self._bytes.decode("utf-8", "replace")

    def heard(self, *names: str) -> list[Heard]:
        """The known lines of these names that were written since."""
        return known(self.text().splitlines(), names)


def open_log(path: Path | Unknown) -> Log | Unknown:
    """A log from its end on, or why it cannot be read."""
    if isinstance(path, Unknown):
        return path
    try:
        return Log(path)
    except OSError as error:
        return Unknown(f"the log {path} cannot be read: {error.strerror}")


def known(lines: Iterable[str], names: Iterable[str]) -> list[Heard]:
    """The known lines of these names among all lines."""
    wanted = set(names)
    table = [
        (line.name, line.anchor, re.compile(line.pattern))
        for line in LOG_LINES
        if line.name in wanted
    ]
    found = []
    writer, first = 0, ""
    for text in lines:
        head = _MESSAGE.match(text)
        if head is not None:
            writer, first = int(head["pid"]), text
        message = text if head is None else head["message"]
        for name, anchor, pattern in table:
            match = pattern.search(message) if anchor in text else None
            if match is not None:
                whole = text if head is not None or not first else f"{first.rstrip()} ... {text}"
                found.append(_heard(name, writer, match, whole))
                break
    return found


_NUMBERS = ("bytes", "requests", "limit")


def _heard(name: str, writer: int, match: re.Match[str], text: str) -> Heard:
    told = match.groupdict()
    number = next((int(told[key]) for key in _NUMBERS if told.get(key)), None)
    pid = int(told["pid"]) if told.get("pid") else writer
    return Heard(name=name, pid=pid, number=number, text=text.rstrip())

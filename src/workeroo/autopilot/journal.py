"""How is each look written down, so that the disk never fills and a full disk does no harm?

Looks that come to the same are one line that counts them. Two files at most, each of a bounded
size; what cannot be written is kept in memory, as far as that is bounded too.
"""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path

import msgspec

from workeroo.autopilot.place import Place
from workeroo.autopilot.product import Entry
from workeroo.errors import MissingInput, NotPermitted
from workeroo.units import MIB

LARGEST_BYTES = 4 * MIB
"""Of each of the two files: some 10,000 lines, weeks of a quiet server."""

LONGEST_LINE_SECONDS = 60.0
"""Looks of longer than that are not one line, so that the last minute is always told."""

LONGEST_LINE_BYTES = 4096
"""Of an entry; most are a fifth of it."""

KEPT = 1000
"""Entries in memory."""


class Journal:
    """Writes entries.

    Attributes:
        recent: the last entries, also where the disk is full.
        trouble: why the last line could not be written; None where it could. It is tried again at
            each look, with those that came after it.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.recent: deque[Entry] = deque(maxlen=KEPT)
        self.trouble: str | None = None
        self._unwritten: deque[Entry] = deque(maxlen=KEPT)
        self._open: Entry | None = None
        self._began_seconds = 0.0
        self._broken_line = False

    def note(self, entry: Entry) -> None:
        """Write a look down: at once where something was done, else when it is over."""
        self._catch_up()
        same = self._open
        if same is not None and (same.kind, same.rule) == (entry.kind, entry.rule):
            lasts = entry.at_seconds - self._began_seconds < LONGEST_LINE_SECONDS
            if lasts and not entry.signals:
                self._open = msgspec.structs.replace(entry, looks=same.looks + 1)
                return
        self.flush()
        if entry.signals:
            self._write(entry)
        else:
            self._open, self._began_seconds = entry, entry.at_seconds

    def flush(self) -> None:
        """Write what is still counted."""
        if self._open is not None:
            self._write(self._open)
            self._open = None

    def _write(self, entry: Entry) -> None:
        self.recent.append(entry)
        self._unwritten.append(entry)
        self._catch_up()

    def _catch_up(self) -> None:
        """Write what is not written yet, in its order."""
        try:
            while self._unwritten:
                data = msgspec.json.encode(self._unwritten[0]) + b"\n"
                self._append(b"\n" + data if self._broken_line else data)
                self._broken_line = False
                self._unwritten.popleft()
        except OSError as error:
            self.trouble = f"{self.place.journal}: {error.strerror}"
            self._broken_line = True
        else:
            self.trouble = None

    def _append(self, data: bytes) -> None:
        path = self.place.journal
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        file = os.open(path, flags, 0o640)
        try:
            if os.fstat(file).st_size + len(data) > LARGEST_BYTES:
                path.replace(self.place.earlier_journal)
                os.close(file)
                file = os.open(path, flags, 0o640)
            while data:
                data = data[os.write(file, data) :]
        finally:
            os.close(file)


def read_journal(place: Place) -> list[Entry]:
    """Every entry that is kept, oldest first; lines that were cut are left out.

    Raises:
        MissingInput: when there is none.
        NotPermitted: when this user may not read it.
    """
    entries: list[Entry] = []
    for path in (place.earlier_journal, place.journal):
        entries += [entry for line in _lines(path) if (entry := _decoded(line)) is not None]
    if not entries:
        cure = "start `workeroo autopilot` first"
        raise MissingInput("there is no journal", where=str(place.journal), cure=cure)
    return entries


def newest_entries(place: Place, count: int) -> list[Entry]:
    """The last entries, oldest first; none where there are none or they may not be read.

    Only the end of the file is read: somebody who watches asks again and again.
    """
    try:
        with place.journal.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - count * LONGEST_LINE_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return []
    found = (entry for line in lines[-count:] if (entry := _decoded(line)) is not None)
    return list(found)


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except PermissionError as error:
        raise NotPermitted("this user may not read the journal", where=str(path)) from error


def _decoded(line: bytes) -> Entry | None:
    try:
        return msgspec.json.decode(line, type=Entry)
    except msgspec.DecodeError:
        return None

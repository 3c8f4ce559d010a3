"""Where are the journal and the control socket of an autopilot?

One of each for each port on which an Odoo listens: that stays when the server is restarted.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from workeroo.errors import MissingInput, UsageError

UNIT_FOLDER = Path("/var/lib/workeroo-autopilot")
"""Of the systemd unit (StateDirectory=)."""


class Place(msgspec.Struct, frozen=True):
    """The files of one autopilot."""

    folder: Path
    port: int

    @property
    def journal(self) -> Path:
        """JSON lines, the newest last."""
        return self.folder / f"{self.port}.jsonl"

    @property
    def earlier_journal(self) -> Path:
        """The lines before those."""
        return self.folder / f"{self.port}.1.jsonl"

    @property
    def socket(self) -> Path:
        """Where it is told to pause."""
        return self.folder / f"{self.port}.sock"


def places(folders: list[Path]) -> list[Place]:
    """Every place in some folders that has a journal or a socket."""
    found = {
        Place(folder, int(path.name.partition(".")[0]))
        for folder in folders
        for pattern in ("*.jsonl", "*.sock")
        for path in _glob(folder, pattern)
        if path.name.partition(".")[0].isdecimal()
    }
    return sorted(found, key=lambda place: (str(place.folder), place.port))


def only(found: list[Place], port: int | None, folders: list[Path]) -> Place:
    """The one place that is meant.

    Raises:
        MissingInput: when there is none; UsageError: when there are several.
    """
    meant = [place for place in found if port is None or place.port == port]
    if len(meant) == 1:
        return meant[0]
    if not meant:
        where = ", ".join(map(str, folders))
        cure = "start one with `workeroo autopilot`, or give its --folder"
        raise MissingInput("no autopilot has run here", where=where, cure=cure)
    ports = ", ".join(str(place.port) for place in meant)
    raise UsageError(f"several autopilots have run here: {ports}", cure="name one with --port")


def _glob(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []

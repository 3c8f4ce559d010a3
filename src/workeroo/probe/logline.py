"""What does a line of Odoo's log look like, and how is it told from lines of other programs?"""

from __future__ import annotations

import re
from datetime import datetime, timezone

PREFIX = re.compile(rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ ", re.MULTILINE)
"""Time in UTC and process, with which Odoo begins a line in a file or on stderr."""

SYSLOG_LAYOUT = re.compile(
    rb"Odoo Server (?P<version>[^:\s]+):(?P<database>[^:\s]*):(?P<level>[A-Z]+):"
    rb"(?P<logger>[\w.?]+): ?(?P<message>.*)\Z",
    re.DOTALL,
)
"""What Odoo writes with `syslog = True`: no time and no process, for the syslog knows them."""

_LEVELS = ("CRITICAL", "CRITICAL", "CRITICAL", "ERROR", "WARNING", "INFO", "INFO", "DEBUG")
"""Python's words for the priorities 0 to 7 of syslog (RFC 5424, 6.2.1)."""

_WITNESSES = frozenset([b"kernel", b"systemd", b"systemd-oomd", b"earlyoom"])
"""Others who tell of a server's end: they kill its processes, or see that it happened."""


class Speakers:
    """Which of those who write into one file are Odoo?

    Until one is known by its lines everybody may be: what a server says before its first line of
    log is why it does not start.
    """

    def __init__(self) -> None:
        self.known: set[bytes] = set()

    def is_odoo(self, who: bytes, text: bytes) -> bool:
        """Whether to keep what this one wrote."""
        if who in self.known:
            return True
        if PREFIX.match(text) or SYSLOG_LAYOUT.match(text):
            self.known.add(who)
            return True
        return not self.known


def as_odoo_wrote(
    text: bytes, who: bytes, pid: bytes, at: datetime | None, priority: int | None
) -> bytes:
    """An entry of a journal or syslog as a line of Odoo's log.

    Most have that form inside already. What has none of its own time gets the entry's: lines that
    Odoo left to the syslog, and what the kernel and systemd tell of its processes.
    """
    if at is None or PREFIX.match(text):
        return text
    match = SYSLOG_LAYOUT.match(text)
    if match is not None:
        rest = match["level"], match["database"] or b"?", match["logger"] + b":", match["message"]
        return b" ".join((_stamp(at), pid or b"0", *rest)).replace(b"#012", b"\n")
    if who in _WITNESSES:
        level = _LEVELS[6 if priority is None or not 0 <= priority <= 7 else priority]  # noqa: PLR2004
        return b" ".join((_stamp(at), b"0", level.encode(), b"?", who + b":", text))
    return text


def is_witness(who: bytes) -> bool:
    """Whether this one tells of the ends of other processes."""
    return who in _WITNESSES


def _stamp(at: datetime) -> bytes:
    utc = at.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%d %H:%M:%S},{utc.microsecond // 1000:03d}".encode()

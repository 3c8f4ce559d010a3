"""What shape has one line of Odoo's log that tells something about its workers?"""

from __future__ import annotations

import msgspec


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line that the server writes, in every wording that the series have for it.

    Attributes:
        name: what it tells, in the project's words: "worker-alive".
        anchor: a literal part of the line (or of its traceback) without which it is not this one;
            by it a line is found among millions, so it must be rare elsewhere.
        pattern: regular expression for the message, with named groups for what it carries. Asked
            with `search` on the message and on each line of the traceback below it.
        logger: the logger that writes it, a prefix of it, or empty where any may.
        level: the level that it is written with; empty where that differs.
        first, last: series that write it; last is None where the newest does.
        meaning: one sentence.
        source: where in Odoo's code.
    """

    name: str
    anchor: str
    pattern: str
    logger: str = ""
    level: str = ""
    first: int
    last: int | None = None
    meaning: str
    source: str

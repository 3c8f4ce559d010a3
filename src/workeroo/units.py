"""How are sizes, times and shares read from people and shown to them?

Inside Workeroo a name ends in its unit (`rss_bytes`, `p95_seconds`, `cpu_share`) and the value is
plain. Only this file turns text into numbers and numbers into text.
"""

from __future__ import annotations

import re

from workeroo.errors import UsageError

KIB = 1024
MIB = 1024**2
GIB = 1024**3
MB = 1000**2
GB = 1000**3

_SIZE = re.compile(r"^\s*(\d{1,30}(?:[.,]\d{1,30})?)\s*([kmgt]?)(i?b?)\s*$", re.IGNORECASE)
_POWER = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def parse_bytes(text: str) -> int:
    """Read a size as people write it: "8G", "640 MB", "2GiB", "671088640".

    K, M, G and T are powers of 1024, with or without "B" or "iB": that is how memory is sold and
    how the kernel reports it.

    Raises:
        UsageError: when the text is no size, or not above zero.
    """
    match = _SIZE.match(text)
    if match is None:
        raise UsageError(f"{text!r} is not a size", cure="write it like 8G, 640M or 2GiB")
    size = int(float(match[1].replace(",", ".")) * 1024 ** _POWER[match[2].lower()])
    if size <= 0:
        raise UsageError(f"{text!r} is not above zero", cure="write it like 8G, 640M or 2GiB")
    return size


def format_bytes(size: float) -> str:
    """A size in binary units, short: "640 MiB", "7.8 GiB"."""
    sign = "-" if size < 0 else ""
    rest = abs(float(size))
    for unit in ("B", "KiB", "MiB", "GiB"):
        if rest < 1024:  # noqa: PLR2004 - the next unit
            return f"{sign}{_short(rest)} {unit}"
        rest /= 1024
    return f"{sign}{_short(rest)} TiB"


def format_megabytes(size: float) -> str:
    """A size in decimal units, as the article counts: 9 x 300 MB = 2.7 GB."""
    if abs(size) >= GB:
        return f"{_short(size / GB)} GB"
    return f"{_short(size / MB)} MB"


def format_seconds(seconds: float) -> str:
    """A time in the unit that reads best: "0.28 s", "2 min", "3 h 20 min"."""
    if seconds < 120:  # noqa: PLR2004 - up to two minutes, seconds read best
        return f"{_short(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 120:  # noqa: PLR2004 - as above, for minutes
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def narrow_bytes(size: float) -> str:
    """A size for a narrow column: "640M", "7.8G"."""
    number, unit = format_bytes(size).split(" ")
    return f"{number}{unit[0]}"


def narrow_seconds(seconds: float) -> str:
    """A time for a narrow column: "0.28s", "12m", "3h", "12d"."""
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f}{unit}"
    return f"{_short(seconds)}s"


def exact_seconds(seconds: float) -> str:
    """A time that is held against a limit in seconds, however long: "120.3 s"."""
    return f"{seconds:.1f} s"


def format_count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun in the right form: "1 worker", "9 workers"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _short(value: float) -> str:
    """At most three figures, no trailing zero: 2.7, 640, 0.28."""
    text = f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"  # noqa: PLR2004
    return text.rstrip("0").rstrip(".") if "." in text else text

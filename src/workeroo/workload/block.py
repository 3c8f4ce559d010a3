"""Where does each line of a block of log begin, which are request lines, and what do they say?

A block is some megabytes of a log, whole lines. Nothing here goes line by line: NumPy finds all line
ends and blanks of the block at once, and reads a field of all lines together. The layout is the one
of every series (docs/diagnose.md): blanks separate the fields, so the n-th blank of a line tells
where its n-th field ends.

    2026-11-23 16:27:04,212 4711 INFO shop werkzeug: 10.0.0.1 - - [23/Nov/2026 16:27:04] "GET /shop HTTP/1.1" 200 - 74 0.152 0.399
    0          1            2    3    4    5         6        7 8 9            10        11   12    13        14  15 16 17   18
"""  # noqa: E501 - the line as it is

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

PADDING = 64
"""Zero bytes after the block, so that a field may be read beyond its end."""

PID, LOGGER, METHOD, PATH, STATUS, QUERIES, SQL, REST = 2, 5, 11, 12, 14, 16, 17, 18
"""Fields by number."""

REQUEST_BLANKS = 18
"""Blanks of a request line; 19 and more where a cursor mode or a thread time follows."""

HEADER_BYTES = 28
"""The shortest beginning of a line with a prefix: a date, a time, a pid of one digit, INFO."""

_NEWLINE, _BLANK, _ZERO, _NINE, _COLON, _QUOTE, _POINT = b'\n 09:".'
_PREFIX = np.frombuffer(b"0000-00-00 00:00:00,000 ", dtype="<u8")
"""The beginning of a line with a prefix, every digit turned into 0."""
_WERKZEUG = int.from_bytes(b"werkzeug", "little")
_DAYS_BEFORE_MONTH = np.array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
_DAYS_TO_1970 = 719162
_MILLISECONDS = 3


class Lines(NamedTuple):
    """The lines of a block, and what their prefixes say.

    Attributes:
        raw, data: the block's bytes, padded, as bytes and for NumPy.
        starts, ends: of each line; the end is where its newline is.
        header: indices of the lines with a prefix (date, time, pid, level).
        at_ms: time of each header line, milliseconds since 1970.
        pid: of each header line.
        is_request: for each header line.
        blanks, first_blank: positions of all blanks; for each line, which is its first.
    """

    raw: bytes
    data: Bytes
    starts: Ints
    ends: Ints
    header: Ints
    at_ms: Ints
    pid: Ints
    is_request: Mask
    blanks: Ints
    first_blank: Ints


class Requests(NamedTuple):
    """The request lines of a block; times in milliseconds, -1 where the line has none.

    Attributes:
        key_start, key_stop: method and path without its query: `GET /shop`.
    """

    line: Ints
    at_ms: Ints
    pid: Ints
    status: Ints
    queries: Ints
    sql_ms: Ints
    rest_ms: Ints
    key_start: Ints
    key_stop: Ints


def read_lines(block: bytes) -> Lines:
    """Find the lines of a block, which ends with a newline."""
    raw = block + bytes(PADDING)
    data = np.frombuffer(raw, dtype=np.uint8)
    body = data[: len(block)]
    ends = np.flatnonzero(body == _NEWLINE)
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    blanks = np.flatnonzero(body == _BLANK)
    first_blank = np.searchsorted(blanks, starts)
    header = np.flatnonzero(_has_prefix(data, starts, ends))
    where = starts[header]
    at_ms = _times(data, where)
    pid_start = where + 24
    pid_stop = _field(blanks, first_blank[header] + PID, pid_start)
    pid = _integers(data, pid_start, pid_stop)
    logger = blanks[np.minimum(first_blank[header] + LOGGER - 1, len(blanks) - 1)] + 1
    is_request = _words(data)[np.minimum(logger, len(block))] == _WERKZEUG
    is_request &= data[logger + 8] == _COLON
    count = np.append(first_blank[1:], len(blanks))[header] - first_blank[header]
    is_request &= count >= REQUEST_BLANKS
    method = blanks[np.minimum(first_blank[header] + METHOD - 1, len(blanks) - 1)] + 1
    is_request &= data[method] == _QUOTE
    return Lines(raw, data, starts, ends, header, at_ms, pid, is_request, blanks, first_blank)


def read_requests(lines: Lines) -> Requests:
    """Read the fields of all request lines; what has another layout is left out."""
    data, blanks = lines.data, lines.blanks
    chosen = np.flatnonzero(lines.is_request)
    line = lines.header[chosen]
    first, line_end = lines.first_blank[line], lines.ends[line]

    def end(field: int) -> Ints:
        """Where a field ends that is not the last one of its line."""
        found: Ints = blanks[first + field]
        return found

    method, path, status = end(METHOD - 1) + 1, end(PATH - 1) + 1, end(STATUS - 1) + 1
    path_end, sql, rest = end(PATH), end(SQL - 1) + 1, end(REST - 1) + 1
    code = _integers(data, status, end(STATUS))
    quoted = (data[method] == _QUOTE) & (data[status - 2] == _QUOTE)
    good = quoted & (code >= 100) & (code < 600)  # noqa: PLR2004 - HTTP's
    after = blanks[np.minimum(first + REST, len(blanks) - 1)]
    rest_end = np.where((after < rest) | (after > line_end), line_end, after)
    found = Requests(
        line=line,
        at_ms=lines.at_ms[chosen],
        pid=lines.pid[chosen],
        status=code,
        queries=_integers(data, end(QUERIES - 1) + 1, sql - 1),
        sql_ms=_milliseconds(data, sql, rest - 1),
        rest_ms=_milliseconds(data, rest, rest_end),
        key_start=method + 1,
        key_stop=_before_query(data, path, path_end),
    )
    return found if good.all() else Requests(*(values[good] for values in found))


def text_of(lines: Lines, line: int) -> bytes:
    """One line, without its end."""
    return lines.raw[lines.starts[line] : lines.ends[line]]


def digit_folded_hashes(data: Bytes, start: Ints, stop: Ints, longest: int) -> NDArray[np.uint64]:
    """A hash of some bytes for each line, in which every digit counts as the same one.

    Args:
        data: padded bytes.
        start: of the bytes of each line.
        stop: of the same.
        longest: bytes beyond so many do not count.
    """
    words = _words(data)
    length = np.minimum(stop - start, longest)
    hashes: NDArray[np.uint64] = length.astype(np.uint64) * _PRIME
    for offset in range(0, int(length.max(initial=0)), 8):
        here = np.flatnonzero(length > offset) if offset else slice(None)
        word = words[start[here] + offset] & _KEEP[np.minimum(length[here] - offset, 8)]
        mixed = (hashes[here] ^ _without_digits(word)) * _PRIME
        hashes[here] = mixed ^ (mixed >> _SHIFT)
    return hashes


_PRIME = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_KEEP = np.array([(1 << (8 * n)) - 1 for n in range(9)], dtype=np.uint64)
_EACH = np.uint64(0x0101010101010101)
_ZEROS = _EACH * np.uint64(_ZERO)
_HIGH = _EACH * np.uint64(0x80)
_ABOVE_NINE = _EACH * np.uint64(0x76)  # 0x80 - 10: adding it sets the high bit above nine
_SEVEN, _FULL = np.uint64(7), np.uint64(0xFF)
_LONGEST_NUMBER = 8
_UPPER = np.array([(1 << 64) - (1 << (8 * (8 - n))) for n in range(9)], dtype=np.uint64)
"""The last n of eight bytes."""
_TENS, _ONES, _SIXES = _EACH * np.uint64(0xF0), _EACH * np.uint64(0x0F), _EACH * np.uint64(6)
_PAIRS, _FOURS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF)
_WHOLE = np.uint64(0xFFFFFFFF)
_TEN, _HUNDRED, _TEN_THOUSAND = np.uint64(10), np.uint64(100), np.uint64(10_000)
_EIGHT, _SIXTEEN, _THIRTY_TWO = np.uint64(8), np.uint64(16), np.uint64(32)


def _without_digits(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Eight bytes at once, every digit turned into 0."""
    apart = word ^ _ZEROS
    no_digit = (((apart & ~_HIGH) + _ABOVE_NINE) | apart) & _HIGH
    digit = ((~no_digit & _HIGH) >> _SEVEN) * _FULL
    folded: NDArray[np.uint64] = (word & ~digit) | (_ZEROS & digit)
    return folded


def _words(data: Bytes) -> NDArray[np.uint64]:
    """At each position the eight bytes that begin there, as one number."""
    words: NDArray[np.uint64] = np.ndarray((len(data) - 7,), np.dtype("<u8"), data.data, 0, (1,))
    return words


def _has_prefix(data: Bytes, starts: Ints, ends: Ints) -> Mask:
    """Whether each line begins as "2026-11-23 16:27:04,212 4711 INFO"."""
    words = _words(data)
    fits: Mask = ends - starts >= HEADER_BYTES
    for number, shape in enumerate(_PREFIX):
        fits &= _without_digits(words[starts + 8 * number]) == shape
    digit = data[starts + 24]
    return fits & (digit >= _ZERO) & (digit <= _NINE)


def _times(data: Bytes, starts: Ints) -> Ints:
    """Times of header lines; those of one minute are read once for each run of lines."""
    if not len(starts):
        return np.empty(0, dtype=np.int64)
    words = _words(data)
    early, late = words[starts], words[starts + 8]
    new = np.ones(len(starts), dtype=bool)
    new[1:] = (early[1:] != early[:-1]) | (late[1:] != late[:-1])
    runs = np.flatnonzero(new)
    minute = _minutes(data, starts[runs])
    lengths = np.diff(np.append(runs, len(starts)))
    second = _digits(data, starts + 17, 2)
    millisecond = _digits(data, starts + 20, 3)
    found: Ints = (np.repeat(minute, lengths) * 60 + second) * 1000 + millisecond
    return found


def _minutes(data: Bytes, starts: Ints) -> Ints:
    """Minutes since 1970; a month of 13 counts as the next January, and so on."""
    year, month = _digits(data, starts, 4), _digits(data, starts + 5, 2)
    day, hour = _digits(data, starts + 8, 2), _digits(data, starts + 11, 2)
    month = np.clip(month, 1, 12)
    past = year - 1
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)) & (month > 2)  # noqa: PLR2004
    days = past * 365 + past // 4 - past // 100 + past // 400
    days = days + _DAYS_BEFORE_MONTH[month] + leap + day - 1 - _DAYS_TO_1970
    found: Ints = (days * 24 + hour) * 60 + _digits(data, starts + 14, 2)
    return found


def _digits(data: Bytes, start: Ints, count: int) -> Ints:
    """A number of a fixed width."""
    value = np.zeros(len(start), dtype=np.int64)
    for offset in range(count):
        value = value * 10 + (data[start + offset].astype(np.int64) - _ZERO)
    return value


def _integers(data: Bytes, start: Ints, stop: Ints) -> Ints:
    """Whole numbers of one to eight digits; -1 where there is something else.

    The eight bytes in front of the end are read as one number, what is not part of the field is
    turned into zeros, and the digits are added up in pairs.
    """
    length = stop - start
    good = (length > 0) & (length <= _LONGEST_NUMBER)
    mine = _UPPER[np.clip(length, 0, _LONGEST_NUMBER)]
    word = (_words(data)[stop - 8] & mine) | (_ZEROS & ~mine)
    good &= (((word & _TENS) ^ _ZEROS) | (((word + _SIXES) & _TENS) ^ _ZEROS)) == 0
    value = word & _ONES
    value = (value * _TEN + (value >> _EIGHT)) & _PAIRS
    value = (value * _HUNDRED + (value >> _SIXTEEN)) & _FOURS
    value = (value * _TEN_THOUSAND + (value >> _THIRTY_TWO)) & _WHOLE
    return np.where(good, value.astype(np.int64), -1)


def _milliseconds(data: Bytes, start: Ints, stop: Ints) -> Ints:
    """Seconds with three places after the point, as milliseconds; -1 where there is no time."""
    point = stop - _MILLISECONDS - 1
    seconds = _integers(data, start, point)
    part = _integers(data, point + 1, stop)
    good = (seconds >= 0) & (part >= 0) & (data[point] == _POINT)
    return np.where(good, seconds * 1000 + part, -1)


def _before_query(data: Bytes, start: Ints, stop: Ints) -> Ints:
    """Where each path ends without its query."""
    marks = np.flatnonzero(data == ord("?"))
    if not len(marks):
        return stop
    which = np.minimum(np.searchsorted(marks, start), len(marks) - 1)
    mark = marks[which]
    return np.where((mark >= start) & (mark < stop), mark, stop)


def _field(blanks: Ints, number: Ints, at_least: Ints) -> Ints:
    """Where a field ends: at the blank with this number."""
    if not len(blanks):
        return at_least
    return np.maximum(blanks[np.minimum(number, len(blanks) - 1)], at_least)

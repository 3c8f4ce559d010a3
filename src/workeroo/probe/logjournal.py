"""What did Odoo write, where a journal or syslog kept it?

Three forms of systemd's journal (`journalctl -o export`, `-o json`, and the short ones for people)
and the files of a syslog, which look like the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import msgspec

from workeroo.probe.logline import PREFIX, Speakers, as_odoo_wrote, is_witness
from workeroo.probe.logwrap import LONGEST_LINE_BYTES, decoded_lines

Zone = Callable[[datetime], datetime]
"""Makes a time without an offset one with the offset of the place."""

_FIELDS = re.compile(
    rb"^(MESSAGE|_PID|__REALTIME_TIMESTAMP|SYSLOG_IDENTIFIER|_COMM|PRIORITY|_LINE_BREAK)=(.*)$",
    re.MULTILINE,
)
_BINARY_NAME = re.compile(rb"^[A-Z0-9_]+$", re.MULTILINE)
_CONTINUED = b"line-max"
"""The journal cut a line at its longest; the next entry goes on with it (sd-journal-fields(7))."""

_LENGTH_BYTES = 8  # of a binary field: little-endian (systemd: Journal Export Format)


class Journal:
    """Entries of a journal, from fields to lines."""

    def __init__(self) -> None:
        self.speakers = Speakers()
        self.in_line: set[bytes] = set()

    def line(self, fields: dict[bytes, bytes]) -> bytes:
        """What an entry says, as Odoo wrote it; nothing where somebody else did."""
        text = fields.get(b"MESSAGE")
        who = fields.get(b"SYSLOG_IDENTIFIER") or fields.get(b"_COMM") or b"?"
        if text is None or not (is_witness(who) or self.speakers.is_odoo(who, text)):
            return b""
        if not self.in_line and b"_LINE_BREAK" not in fields and PREFIX.match(text):
            return text + b"\n"  # as all but a few
        key = who + fields.get(b"_PID", b"")
        if key not in self.in_line:
            at = _moment(fields.get(b"__REALTIME_TIMESTAMP"))
            priority = fields.get(b"PRIORITY", b"")
            level = int(priority) if priority.isdigit() else None
            text = as_odoo_wrote(text, who, fields.get(b"_PID", b"0"), at, level)
        if fields.get(b"_LINE_BREAK") == _CONTINUED:
            self.in_line.add(key)
            return text
        self.in_line.discard(key)
        return text + b"\n"


class JournalExport:
    """`journalctl -o export`: fields as NAME=value, binary ones with a length, an empty line."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.carried = b""
        self.skip_bytes = 0

    def feed(self, block: bytes) -> bytes:
        """The lines of the whole entries so far."""
        if self.skip_bytes:
            block, self.skip_bytes = block[self.skip_bytes :], max(self.skip_bytes - len(block), 0)
        data = self.carried + block
        if _BINARY_NAME.search(data) is None:  # as nearly always
            whole, end, rest = data.rpartition(b"\n\n")
            entries = whole.split(b"\n\n") if end else []
            self.carried = rest[-LONGEST_LINE_BYTES:]
            return b"".join([self.journal.line(dict(_FIELDS.findall(e))) for e in entries])
        lines = []
        start = 0
        while (found := self._entry(data, start)) is not None:
            fields, start = found
            lines.append(self.journal.line(fields))
        self.carried = data[start:]
        if len(self.carried) > LONGEST_LINE_BYTES:
            self._pass_over()
        return b"".join(lines)

    def end(self) -> bytes:
        """The last entry, where it is whole but for the empty line."""
        found = self._entry(self.carried + b"\n\n", 0) if self.carried.strip() else None
        self.carried = b""
        return self.journal.line(found[0]) if found else b""

    def _entry(self, data: bytes, start: int) -> tuple[dict[bytes, bytes], int] | None:
        """The fields of the entry that begins at a place, and where the next one begins."""
        end = data.find(b"\n\n", start)
        if end < 0:
            return None
        if _BINARY_NAME.search(data, start, end) is None:
            return dict(_FIELDS.findall(data, start, end)), end + 2
        return _with_binary(data, start)

    def _pass_over(self) -> None:
        """Leave out what is no entry of a log: a core dump, or no journal at all."""
        name = _BINARY_NAME.search(self.carried)
        length_at = name.end() + 1 if name else 0
        length = int.from_bytes(self.carried[length_at : length_at + _LENGTH_BYTES], "little")
        beyond = length_at + _LENGTH_BYTES + length - len(self.carried)
        self.skip_bytes = beyond if name and 0 < beyond < _LONGEST_FIELD_BYTES else 0
        self.carried = b""


_LONGEST_FIELD_BYTES = 768 * 1024**2  # systemd: DATA_SIZE_MAX


def _with_binary(data: bytes, start: int) -> tuple[dict[bytes, bytes], int] | None:
    """An entry field by field: a binary one may hold empty lines; None where it goes on."""
    fields: dict[bytes, bytes] = {}
    at = start
    while True:
        end = data.find(b"\n", at)
        if end < 0:
            return None
        line = data[at:end]
        at = end + 1
        if not line:
            return fields, at
        name, equals, value = line.partition(b"=")
        if not equals:
            length = int.from_bytes(data[at : at + _LENGTH_BYTES], "little")
            begin = at + _LENGTH_BYTES
            at = begin + length + 1
            if at > len(data):
                return None
            value = data[begin : at - 1]
        fields.setdefault(name, value)


class JournalJson:
    """`journalctl -o json`: one entry a line; a text that is no UTF-8 comes as numbers."""

    class Entry(msgspec.Struct):
        """The fields that are needed."""

        message: str | list[int | str] | None = msgspec.field(default=None, name="MESSAGE")
        pid: str | list[int | str] | None = msgspec.field(default=None, name="_PID")
        at: str | list[int | str] | None = msgspec.field(default=None, name="__REALTIME_TIMESTAMP")
        identifier: str | list[int | str] | None = msgspec.field(
            default=None, name="SYSLOG_IDENTIFIER"
        )
        program: str | list[int | str] | None = msgspec.field(default=None, name="_COMM")
        priority: str | list[int | str] | None = msgspec.field(default=None, name="PRIORITY")
        line_break: str | list[int | str] | None = msgspec.field(default=None, name="_LINE_BREAK")

    def __init__(self) -> None:
        self.decoder = msgspec.json.Decoder(self.Entry)
        self.journal = Journal()

    def __call__(self, data: bytes) -> bytes:
        """The lines of some entries."""
        entries = decoded_lines(self.decoder, data)
        return b"".join([self.journal.line(_fields(entry)) for entry in entries])


_NAMES = tuple(f.encode_name.encode() for f in msgspec.structs.fields(JournalJson.Entry))


def _fields(entry: JournalJson.Entry) -> dict[bytes, bytes]:
    values = msgspec.structs.astuple(entry)
    return {n: _bytes(v) for n, v in zip(_NAMES, values, strict=True) if v is not None}


def _bytes(value: str | list[int | str]) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    if all(isinstance(part, int) and 0 <= part < 256 for part in value):  # noqa: PLR2004 - a byte
        return bytes(part for part in value if isinstance(part, int))
    return str(value[0]).encode("utf-8", "replace") if value else b""  # a field that came twice


def _moment(microseconds: bytes | None) -> datetime | None:
    if microseconds is None or not microseconds.isdigit():
        return None
    try:
        return datetime.fromtimestamp(0, timezone.utc) + timedelta(microseconds=int(microseconds))
    except OverflowError:
        return None


SYSLOG = re.compile(
    rb"(?:(?P<short>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?)"
    rb"|(?P<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d))"
    rb"|(?:[A-Z][a-z]{2} )(?P<full>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) [A-Z][\w+-]*"
    rb") (?P<host>[\w.-]+) (?:(?P<who>[^\s\[\]:]+)(?:\[(?P<pid>\d+)\])?: )?"
)
"""What stands in front of a message: time, host, program, process."""


class Short:
    """`journalctl` for people (-o short, short-iso, short-precise, short-full), and syslog files.

    Args:
        before: no entry is younger: the year, which many of these leave out, follows from it.
        zone: of the times without an offset.
    """

    def __init__(self, before: datetime, zone: Zone) -> None:
        self.before = before
        self.zone = zone
        self.speakers = Speakers()

    def __call__(self, data: bytes) -> bytes:
        """The lines of some entries."""
        return b"".join(self._unwrapped(data))

    def _unwrapped(self, data: bytes) -> Iterator[bytes]:
        lines = data.split(b"\n")
        last = lines.pop()
        for line in [*lines, last] if last else lines:
            match = SYSLOG.match(line)
            if match is None:
                if not line.startswith(b"-- "):  # journalctl's own: "-- Boot ... --"
                    yield line + b"\n"
                continue
            who, text = match["who"] or b"?", line[match.end() :]
            if is_witness(who):
                yield as_odoo_wrote(text, who, b"0", self._moment(match), None) + b"\n"
            elif self.speakers.is_odoo(who, text):
                at = None if text[:1].isdigit() else self._moment(match)
                yield as_odoo_wrote(text, who, match["pid"] or b"0", at, None) + b"\n"

    def _moment(self, match: re.Match[bytes]) -> datetime | None:
        try:
            if match["short"]:
                return self._of_year(match["short"].decode())
            text = (match["iso"] or match["full"]).decode().replace(",", ".")
            text = re.sub(r"([+-]\d\d):?(\d\d)$", r"\1:\2", text.replace("Z", "+00:00"))
            fraction = re.search(r"\.(\d+)", text)
            if fraction:  # as Python 3.10 reads it: six digits
                text = text.replace(fraction[0], f".{fraction[1][:6]:0<6}")
            moment = datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            return None
        return moment if moment.tzinfo else self.zone(moment)

    def _of_year(self, text: str) -> datetime:
        layout = "%Y %b %d %H:%M:%S.%f" if "." in text else "%Y %b %d %H:%M:%S"
        year = self.before.year
        moment = self.zone(datetime.strptime(f"{year} {text}", layout))  # noqa: DTZ007 - zone adds it
        if moment > self.before + timedelta(days=1):
            moment = moment.replace(year=year - 1)
        return moment

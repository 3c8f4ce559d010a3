"""What did somebody else put around the lines of Odoo's log, and what are they without it?

A journal, Docker, Kubernetes and syslog keep each line of a server with their own time, name and
quotes. Unwrapped, the lines are byte for byte what Odoo wrote; those of other programs in the same
file are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

import msgspec

from workeroo.probe.logline import PREFIX, Speakers
from workeroo.units import MIB

E = TypeVar("E")

LONGEST_LINE_BYTES = MIB
"""What a wrapped line may take; a journal cuts at 48 KB and Docker at 16 KB. The rest of a longer
one is left out, so that no line fills the memory."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Unwrapper(Protocol):
    """Takes blocks cut anywhere, gives what is in them."""

    def feed(self, block: bytes) -> bytes:
        """What can be told of the blocks so far."""
        ...

    def end(self) -> bytes:
        """The rest, when there are no more."""
        ...


class ByLine:
    """Cuts blocks into whole lines and unwraps those."""

    def __init__(self, unwrap: Callable[[bytes], bytes]) -> None:
        self.unwrap = unwrap
        self.carried = b""
        self.too_long = False  # the carried line is cut: its rest is passed over

    def feed(self, block: bytes) -> bytes:
        """The whole lines so far."""
        if self.too_long:
            end = block.find(b"\n")
            if end < 0:
                return b""
            block = block[end:]
            self.too_long = False
        cut = block.rfind(b"\n") + 1
        if not cut:
            self._carry(self.carried + block)
            return b""
        whole = self.carried + block[:cut]
        self._carry(block[cut:])
        return self.unwrap(whole)

    def end(self) -> bytes:
        """The last line, where no line end follows it."""
        rest, self.carried = self.carried, b""
        return self.unwrap(rest) if rest else b""

    def _carry(self, rest: bytes) -> None:
        self.too_long = len(rest) > LONGEST_LINE_BYTES
        self.carried = rest[:LONGEST_LINE_BYTES]


class DockerJson:
    r"""`{"log": "...\n", "stream": "stderr", "time": "..."}`: the json-file driver.

    A line of more than 16 KB comes in several entries, of which only the last ends the line.
    """

    class Entry(msgspec.Struct):
        """What is needed of one."""

        log: str = ""
        stream: str = ""

    def __init__(self) -> None:
        self.decoder = msgspec.json.Decoder(self.Entry)
        self.begun: dict[str, str] = {}

    def __call__(self, data: bytes) -> bytes:
        """The lines of some entries."""
        entries = decoded_lines(self.decoder, data)
        if not self.begun and all(entry.log.endswith("\n") for entry in entries):
            return "".join([entry.log for entry in entries]).encode()
        return "".join(self._joined(entries)).encode()

    def _joined(self, entries: Iterable[Entry]) -> Iterator[str]:
        for entry in entries:
            text = self.begun.pop(entry.stream, "") + entry.log
            if text.endswith("\n") or len(text) > LONGEST_LINE_BYTES:
                yield text
            else:
                self.begun[entry.stream] = text


class Prefixed:
    """A text in front of each line: `odoo-1  | `, a container's time, or Kubernetes' own.

    Args:
        pattern: for the prefix; group "who" names the container where several write, group "part"
            is P where the line goes on in the next entry.
    """

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self.pattern = pattern
        self.speakers = Speakers()

    def __call__(self, data: bytes) -> bytes:
        """The lines without their prefixes."""
        return b"".join(self._unwrapped(data))

    def _unwrapped(self, data: bytes) -> Iterator[bytes]:
        groups = self.pattern.groupindex
        for line in _lines(data):
            match = self.pattern.match(line)
            if match is None:
                yield line  # the rest of a line that something broke in two
                continue
            text = line[match.end() :]
            if "who" in groups and not self.speakers.is_odoo(match["who"], text):
                continue
            partial = "part" in groups and match["part"] == b"P"
            yield text.removesuffix(b"\n") if partial else text


COLOUR = rb"(?:\x1b\[[0-9;]*m)*"
_TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)"
COMPOSE = re.compile(
    COLOUR
    + rb"(?P<who>[A-Za-z0-9][\w.-]*) *"
    + COLOUR
    + rb"\| ?"
    + COLOUR
    + rb"(?:"
    + _TIME
    + rb" )?"
)
"""`docker compose logs`, with or without colours and --timestamps."""
KUBERNETES = re.compile(_TIME + rb" (?:stdout|stderr) (?P<part>[FP]) ")
"""The files of the container runtime interface, below /var/log/pods."""
TIMED = re.compile(_TIME + rb" ")
"""`docker logs --timestamps` and `kubectl logs --timestamps`."""


def is_binary(head: bytes) -> bool:
    """Whether this is no text: many control characters and not one line of Odoo's.

    A log that a machine's crash left with a hole of NULs is text: it has lines.
    """
    if PREFIX.search(head):
        return False
    return len(_CONTROL.findall(head)) * 10 > len(head)


def decoded_lines(decoder: msgspec.json.Decoder[E], data: bytes) -> list[E]:
    """JSON lines; one that is cut or damaged is left out."""
    try:
        return decoder.decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [e for line in data.split(b"\n") if (e := _decoded(decoder, line)) is not None]


def _decoded(decoder: msgspec.json.Decoder[E], line: bytes) -> E | None:
    try:
        return decoder.decode(line.decode("utf-8", "replace"))
    except msgspec.DecodeError:
        return None


def _lines(data: bytes) -> list[bytes]:
    """Lines with their ends, where a carriage return is none."""
    parts = data.split(b"\n")
    return [*(part + b"\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]

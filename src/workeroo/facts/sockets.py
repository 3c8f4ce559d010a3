"""Which connections to a port wait to be accepted, and which are being served, by what socket?

Read from what the kernel tells of TCP sockets: by netlink (sock_diag(7)), which also says how much
may wait and since when each waits, or from the text of /proc/net/tcp, which every kernel has.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import msgspec

from workeroo.errors import InputError

ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, LISTEN = 1, 4, 5, 8, 10
"""Of the kernel's include/net/tcp_states.h."""

ASKED_STATES = sum(1 << s for s in (ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, LISTEN))
"""A server that shuts down its side and a client that left still hold who serves them; of TIME_WAIT
there may be thousands, and nobody holds those."""

_QUEUED = (ESTABLISHED, CLOSE_WAIT)
"""States of a connection that waits: its client may have left already."""

_HEADER = struct.Struct("=IHHII")
"""nlmsghdr of linux/netlink.h: length, type, flags, sequence, port."""

_BY_FAMILY, _DUMP, _DONE, _ERROR = 20, 0x301, 3, 2
"""SOCK_DIAG_BY_FAMILY; NLM_F_REQUEST and NLM_F_DUMP; NLMSG_DONE; NLMSG_ERROR."""

_TCP, _WITH_INFO, _INFO = 6, 1 << 1, 2
"""IPPROTO_TCP; ask for, and the type of, INET_DIAG_INFO of linux/inet_diag.h."""

_MESSAGE = struct.Struct("=BBBB2s2s16s16sIQIIIII")
"""inet_diag_msg: family, state, timer, retransmits; ports and addresses in network order,
interface, cookie; expires, rqueue, wqueue, uid, inode."""

_ATTRIBUTE = struct.Struct("=HH")
_LAST_DATA = 52
"""Where tcp_info of linux/tcp.h keeps tcpi_last_data_recv: milliseconds since data came."""

_U32 = struct.Struct("=I")
_FIELDS = 10
"""Of a line of /proc/net/tcp, up to and with the inode."""


class Row(NamedTuple):
    """One socket of the server's side.

    Attributes:
        state: as above.
        inode: of the socket; 0 where nobody has accepted it yet.
        received: bytes that wait to be read; of a listening socket, connections that wait.
        room: of a listening socket, how many may wait; -1 where that is not told.
        quiet_seconds: since the client sent the last of its request; -1 where that is not told.
    """

    state: int
    inode: int
    received: int
    room: int
    quiet_seconds: float


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """The connections to one server's port.

    Attributes:
        listening: whether one of its listening sockets was among the rows.
        waiting: not accepted yet.
        backlog: how many may wait; None where the kernel did not tell.
        waits_seconds: since the last data of each one that waits, longest first; empty where that
            is not told.
        served: accepted ones, by inode: seconds since the client's last data, -1 not told.
    """

    listening: bool
    waiting: int
    backlog: int | None
    waits_seconds: tuple[float, ...]
    served: dict[int, float]


@cache  # the same few are asked several times a second
def question(port: int, family: int, states: int = ASKED_STATES) -> bytes:
    """What to ask netlink for: the sockets on a local port, of AF_INET or AF_INET6."""
    asked = struct.pack("=BBBBI", family, _TCP, _WITH_INFO, 0, states)
    identity = struct.pack("!HH", port, 0) + bytes(44)
    length = _HEADER.size + len(asked) + len(identity)
    return _HEADER.pack(length, _BY_FAMILY, _DUMP, 1, 0) + asked + identity


def answer(data: bytes) -> tuple[list[Row], bool]:
    """The rows of one datagram that netlink answered, and whether it was the last.

    Raises:
        InputError: when the kernel refused, or this is no such answer.
    """
    rows: list[Row] = []
    place, end = 0, len(data)
    while place + _HEADER.size <= end:
        length, kind, _, _, _ = _HEADER.unpack_from(data, place)
        if length < _HEADER.size or place + length > end:
            raise InputError("netlink answered a message of no length", where="sock_diag")
        if kind == _DONE:
            return rows, True
        if kind == _ERROR:
            raise InputError("the kernel refuses to tell of sockets", where="sock_diag")
        if kind == _BY_FAMILY and length >= _HEADER.size + _MESSAGE.size:
            rows.append(_row(data, place + _HEADER.size, place + length))
        place += (length + 3) & ~3
    return rows, False


def table(text: str, port: int) -> list[Row]:
    """The rows of /proc/net/tcp or tcp6 on a local port."""
    ending = f":{port:04X}"
    rows = []
    for line in text.splitlines():
        if ending not in line:  # most lines of a busy host are others' sockets
            continue
        fields = line.split()
        if len(fields) < _FIELDS or not fields[1].endswith(ending):
            continue
        try:
            received = int(fields[4].rpartition(":")[2], 16)
            row = Row(int(fields[3], 16), int(fields[9]), received, -1, -1.0)
        except ValueError:  # a line that was cut
            continue
        if 1 << row.state & ASKED_STATES:
            rows.append(row)
    return rows


def tally(rows: Iterable[Row], listeners: frozenset[int] | None) -> Tally:
    """Count a port's connections.

    Args:
        rows: of its port.
        listeners: inodes of the server's own listening sockets; None where they are not known, and
            all that listen on the port count. Another server may have the port of another address.
    """
    heard = waiting = room = 0
    waits: list[float] = []
    served = {}
    for row in rows:
        if row.state == LISTEN:
            if listeners is None or row.inode in listeners:
                heard += 1
                waiting += row.received
                room = -1 if row.room < 0 or room < 0 else room + row.room
        elif row.inode:
            served[row.inode] = row.quiet_seconds
        elif row.state in _QUEUED and row.quiet_seconds >= 0:
            waits.append(row.quiet_seconds)
    return Tally(
        listening=heard > 0,
        waiting=waiting,
        backlog=room if heard and room >= 0 else None,
        waits_seconds=tuple(sorted(waits, reverse=True)),
        served=served,
    )


def oldest_wait_seconds(listed: Tally, waiting: int, begun: int, elapsed_seconds: float) -> float:
    """How long the connection that is next has waited, some time after a list was made.

    Who waits is served in the order of coming, so as many as have begun since have left the front.

    Args:
        listed: the last list.
        waiting: how many wait now.
        begun: how many were seen to begin being served since; where some were missed, the answer is
            too long.
        elapsed_seconds: since the list.
    """
    if not waiting:
        return 0.0
    if begun < len(listed.waits_seconds):
        return listed.waits_seconds[begun] + elapsed_seconds
    return elapsed_seconds  # it has come since


def inode_of(link: str) -> int | None:
    """The inode of a link below /proc/PID/fd: "socket:[4711]"."""
    number = link[8:-1]
    return int(number) if link.startswith("socket:[") and number.isdecimal() else None


def _row(data: bytes, start: int, end: int) -> Row:
    _, state, _, _, _, _, _, _, _, _, _, received, room, _, inode = _MESSAGE.unpack_from(
        data, start
    )
    return Row(state, inode, received, room, _quiet_seconds(data, start + _MESSAGE.size, end))


def _quiet_seconds(data: bytes, place: int, end: int) -> float:
    while place + _ATTRIBUTE.size <= end:
        length, kind = _ATTRIBUTE.unpack_from(data, place)
        if length < _ATTRIBUTE.size or place + length > end:
            break
        if kind == _INFO and length >= _ATTRIBUTE.size + _LAST_DATA + _U32.size:
            (milliseconds,) = _U32.unpack_from(data, place + _ATTRIBUTE.size + _LAST_DATA)
            return float(milliseconds) / 1000
        place += (length + 3) & ~3
    return -1.0

"""Which connections wait, and which are served, by what the kernel told once?"""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.errors import InputError
from workeroo.facts.sockets import (
    Row,
    answer,
    inode_of,
    oldest_wait_seconds,
    question,
    table,
    tally,
)

PORT = 18072

# A real Odoo 19 with two workers, on port 18072, while five clients asked for a page that takes
# two seconds: three wait, inode 0. Nginx's connections, and the clients' own ends, are around them.
TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   7: 0100007F:4698 00000000:0000 0A 00000000:00000003 00:00000000 00000000 65534 0 43821 1 0 100
   9: 0100007F:469A 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65534 0 46960 1 0 100
  14: 0100007F:4698 0100007F:8550 01 00000000:00000086 00:00000000 00000000     0 0 0 1 0 20 4 30
  15: 0100007F:8560 0100007F:4698 01 00000000:00000000 00:00000000 00000000     0 0 51001 1 0 20
  16: 0100007F:4698 0100007F:8540 01 00000000:00000000 00:00000000 00000000 65534 0 50211 1 0 20
  17: 0100007F:4698 0100007F:8542 01 00000000:00000000 00:00000000 00000000 65534 0 50212 1 0 20
  18: 0100007F:4698 0100007F:8552 08 00000000:00000087 00:00000000 00000000     0 0 0 1 0 20 4 30
  19: 0100007F:4698 0100007F:8554 01 00000000:00000086 00:00000000 00000000     0 0 0 1 0 20 4 30
  20: 0100007F:4698 0100007F:8338 06 00000000:00000000 03:00001618 00000000     0 0 0 3 0
"""


def test_a_table_tells_who_waits_and_who_is_served() -> None:
    counted = tally(table(TABLE, PORT), frozenset({43821}))

    assert (counted.listening, counted.waiting) == (True, 3)
    assert counted.served.keys() == {50211, 50212}
    assert counted.backlog is None  # the table does not hold it


def test_another_server_on_the_port_of_another_address_counts_for_nothing() -> None:
    rows = [Row(10, 1, 5, 16, 0), Row(10, 2, 7, 32, 0), Row(1, 0, 0, 0, 0.5)]

    mine = tally(rows, frozenset({1}))
    assert (mine.waiting, mine.backlog) == (5, 16)
    both = tally(rows, None)
    assert (both.waiting, both.backlog) == (12, 48)
    assert not tally(rows, frozenset({3})).listening


def test_the_one_that_waits_longest_is_told_not_one_that_its_server_left() -> None:
    queued = [Row(1, 0, 9, 0, 0.2), Row(8, 0, 9, 0, 3.5)]
    left = Row(5, 0, 0, 0, 60.0)  # the server has closed it: nobody will accept it

    counted = tally([Row(10, 1, 2, 16, 0), *queued, left], None)

    assert counted.waits_seconds == (3.5, 0.2)
    assert oldest_wait_seconds(counted, waiting=2, begun=0, elapsed_seconds=1.0) == 4.5
    assert oldest_wait_seconds(counted, waiting=2, begun=1, elapsed_seconds=1.0) == 1.2
    assert oldest_wait_seconds(counted, waiting=2, begun=2, elapsed_seconds=1.0) == 1.0
    assert oldest_wait_seconds(counted, waiting=0, begun=0, elapsed_seconds=1.0) == 0.0


def message(state: int, inode: int, quiet_ms: int, queue: tuple[int, int] = (0, 0)) -> bytes:
    info = bytes(52) + struct.pack("=I", quiet_ms) + bytes(40)
    attributes = struct.pack("=HHBxxx", 5, 8, 0) + struct.pack("=HH", 4 + len(info), 2) + info
    ports = struct.pack("!HH", PORT, 40000) + bytes(44)
    body = struct.pack("=BBBB", 2, state, 0, 0) + ports
    body += struct.pack("=IIIII", 0, *queue, 65534, inode) + attributes
    return struct.pack("=IHHII", 16 + len(body), 20, 2, 1, 0) + body


DONE = struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0)


def test_netlink_tells_how_much_may_wait_and_since_when() -> None:
    told = message(10, 43821, 0, (1, 16)) + message(1, 0, 700) + message(1, 50211, 1500)

    rows, last = answer(told + DONE)
    counted = tally(rows, None)

    assert last
    assert (counted.waiting, counted.backlog, counted.waits_seconds) == (1, 16, (0.7,))
    assert counted.served == {50211: 1.5}
    assert answer(told)[1] is False  # more is to come


def test_a_refusal_of_the_kernel_is_one_sentence() -> None:
    with pytest.raises(InputError, match="refuses"):
        answer(struct.pack("=IHHIIi", 20, 2, 0, 1, 0, -1))


def test_a_question_is_for_one_port_and_says_its_length() -> None:
    asked = question(8069, 2)

    assert struct.unpack_from("=I", asked)[0] == len(asked) == 72
    assert struct.unpack_from("!H", asked, 24)[0] == 8069


@given(st.binary(max_size=400), st.integers(0, 200))
def test_no_bytes_break_the_reading_of_netlink(noise: bytes, place: int) -> None:
    whole = message(10, 43821, 0, (1, 16)) + message(1, 50211, 1500) + DONE
    for data in (noise, whole[:place] + noise + whole[place:], whole[:place]):
        try:
            rows, _ = answer(data)
        except InputError:
            continue
        tally(rows, None)


@given(st.text(max_size=300), st.integers(0, len(TABLE)), st.integers(0, 65535))
def test_no_text_breaks_the_reading_of_a_table(noise: str, place: int, port: int) -> None:
    for text in (noise, TABLE[:place] + noise + TABLE[place:], TABLE[:place]):
        for each in (port, PORT):
            assert all(row.received >= 0 for row in table(text, each))


@given(st.text(max_size=30))
def test_no_link_breaks_the_reading_of_a_descriptor(link: str) -> None:
    assert inode_of(f"socket:[{base64.b32encode(link.encode()).decode()}") is None
    inode_of(link)
    assert inode_of("socket:[4711]") == 4711

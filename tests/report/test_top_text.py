"""Does one look fit on 80 columns, and does it say what was seen?"""

from __future__ import annotations

import textwrap
from pathlib import Path

import msgspec
import pytest
from tests.report.top_looks import BUSY, LATER, STATUS, calm, threaded

from workeroo.report.paint import Paint
from workeroo.report.top_product import Top
from workeroo.report.top_text import ORDERS, head_text, ordered, top_text, workers_text

PLAIN = Paint(width=80)


@pytest.mark.parametrize("top", [BUSY, calm(), threaded()])
def test_no_line_is_longer_than_the_screen(top: Top) -> None:
    assert [line for line in top_text(top, PLAIN).splitlines() if len(line) > 80] == []


def test_the_page_shows_what_is_shown() -> None:
    page = Path(__file__).parents[2] / "docs" / "top.md"

    assert textwrap.indent(top_text(BUSY, PLAIN), "    ") in page.read_text(encoding="utf-8")


def test_the_head_tells_queue_workers_host_database_and_autopilot() -> None:
    head = " ".join(head_text(BUSY, PLAIN).split())

    assert "3 of 32 wait, the next for 0.42 s; queue time <= 0.38 s; 8.0/s served" in head
    assert "5 for HTTP: 2 busy, 1 idle, 1 stopped, 1 ending, reloading" in head
    assert "1.5 of 2 cores busy, 2 GiB of 8 GiB free; pressure: cpu 37%, io 1%" in head
    assert "23 of 97 connections, 2 wait for a lock (8 s ago)" in head
    assert "active, between 2 and 9 workers" in head


def test_a_worker_is_told_with_its_request_its_memory_and_its_programs() -> None:
    rows = workers_text(BUSY, "part", PLAIN).splitlines()

    assert " ".join(rows[1].split()) == "2011 http worker busy 0.31s 50% 81M 152M 640M 3h"
    assert rows[2].split()[-1] == "wkhtmltop"  # what fits
    assert " ? " in rows[3]
    assert rows[5].split()[:4] == ["2015", "http", "(old)", "ending"]


def test_a_paused_autopilot_is_told_as_one() -> None:
    top = msgspec.structs.replace(BUSY, autopilot=msgspec.structs.replace(STATUS, paused=True))

    assert "paused, between 2 and 9" in head_text(top, PLAIN)


def test_what_could_not_be_seen_is_told() -> None:
    pulse = msgspec.structs.replace(LATER, trouble=("the server does not listen on port 8069",))
    top = msgspec.structs.replace(BUSY, pulse=pulse)

    assert "trouble  the server does not listen on port 8069" in head_text(top, PLAIN)


def test_a_threaded_server_is_no_row_of_workers() -> None:
    assert "none: one threaded server, which has 4 requests" in head_text(threaded(), PLAIN)
    assert "busy (4)" in workers_text(threaded(), "part", PLAIN)


def test_each_order_lists_every_process_once() -> None:
    first = {order: ordered(BUSY, order)[0].pid for order in ORDERS}

    assert first == {"part": 2011, "state": 2014, "cpu": 2017, "memory": 2013, "request": 2012}
    for order in ORDERS:
        assert sorted(w.pid for w in ordered(BUSY, order)) == list(range(2011, 2018))


def test_no_name_of_a_program_gets_at_the_terminal() -> None:
    odd = msgspec.structs.replace(LATER.workers[1], children=("\x1b[2J",))
    pulse = msgspec.structs.replace(LATER, workers=(odd,))

    assert "\x1b" not in workers_text(msgspec.structs.replace(BUSY, pulse=pulse), "part", PLAIN)


def test_a_look_survives_the_way_to_json_and_back() -> None:
    assert msgspec.json.decode(msgspec.json.encode(BUSY), type=Top) == BUSY

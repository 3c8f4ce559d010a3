"""Is Odoo told from the other programs that write into the same log?"""

from __future__ import annotations

from datetime import datetime, timezone

from tests.probe.logworld import LINES, export_entry, json_entry, log

from workeroo.probe.loghead import unwrapper_of

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
PLAIN = log(LINES)
ODOO = [line.encode() for line in LINES]


def unwrapped(data: bytes) -> bytes:
    make = unwrapper_of(data, NOW)
    assert make is not None
    unwrapper = make()
    return unwrapper.feed(data) + unwrapper.end()


def test_of_several_containers_only_odoo_is_read() -> None:
    database = b"db-1    | 2026-11-23 16:00:00.123 UTC [1] LOG:  checkpoint starting: time\n"
    data = database + b"".join(b"odoo-1  | " + line + b"\n" + database for line in ODOO)

    out = unwrapped(data)

    assert out.endswith(PLAIN)
    assert out.count(b"checkpoint") == 1  # before the first line of Odoo nobody is known


def test_of_a_journal_only_odoo_and_what_kills_it_is_read() -> None:
    for entry in (export_entry, json_entry):
        data = b"\n".join(entry(line) for line in ODOO[:2])
        data += b"\n" + entry(b"session opened for user root", b"sshd")
        data += b"\n" + entry(b"Out of memory: Killed process 7 (odoo)", b"kernel") + b"\n"

        lines = unwrapped(data).splitlines()

        assert lines[:2] == ODOO[:2]
        assert lines[2:] == [
            b"2026-11-23 16:00:00,000 0 INFO ? kernel: Out of memory: Killed process 7 (odoo)"
        ]


def test_a_line_that_the_journal_cut_is_one_line_again() -> None:
    first, rest = ODOO[1][:50], ODOO[1][50:]
    data = export_entry(ODOO[0]) + b"\n"
    data += export_entry(first) + b"_LINE_BREAK=line-max\n\n" + export_entry(rest) + b"\n"

    assert unwrapped(data) == log(LINES[:2])


def test_the_layout_that_odoo_gives_to_a_syslog_gets_time_and_process_again() -> None:
    told = b"Odoo Server 19.0:shop:ERROR:odoo.http:Exception#012Traceback"
    short = b"Nov 23 16:00:01 srv odoo[77]: " + told + b"\n"
    old = b"2026-11-23T17:00:01.250+01:00 srv " + told + b"\n"

    assert unwrapped(old) == (
        b"2026-11-23 16:00:01,250 0 ERROR shop odoo.http: Exception\nTraceback\n"
    )
    assert b",000 77 ERROR shop odoo.http: Exception\nTraceback\n" in unwrapped(short)


def test_a_time_without_a_year_is_of_the_last_one_that_is_past() -> None:
    new_year = datetime(2027, 1, 1, 12, tzinfo=timezone.utc)
    data = b"Dec 31 12:00:00 srv kernel: Out of memory: Killed process 7 (odoo)\n"
    make = unwrapper_of(data, new_year)
    assert make is not None

    assert make().feed(data).startswith(b"2026-12-31 ")


def test_what_journalctl_says_itself_is_no_line() -> None:
    data = b"-- Journal begins at Mon 2026-11-23. --\n"
    data += b"".join(b"Nov 23 16:00:01 srv odoo[7]: " + line + b"\n" for line in ODOO)
    data += b"-- Boot 0123456789abcdef --\n"

    assert unwrapped(data) == PLAIN

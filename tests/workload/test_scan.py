"""Does a scan tell exactly what a log says, however it comes in pieces?"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.probe import logscan
from workeroo.probe.logscan import scan_file
from workeroo.workload.naming import class_of
from workeroo.workload.profile import Profile
from workeroo.workload.scan import Scanned, merge, scan_blocks, scan_bytes
from workeroo.workload.story import Story

START = datetime(2026, 11, 23, 16, 27, 4, 212000, tzinfo=timezone.utc)


def stamp(seconds: float) -> str:
    at = START + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%d %H:%M:%S,") + f"{at.microsecond // 1000:03d}"


def request(
    seconds: float = 0, path: str = "/shop", *, status: int = 200, perf: str = "74 0.152 0.399",
    pid: int = 4711,
) -> str:  # fmt: skip
    at = START + timedelta(seconds=seconds)
    return (
        f"{stamp(seconds)} {pid} INFO shop werkzeug: 10.0.0.1 - - [{at:%d/%b/%Y %H:%M:%S}] "
        f'"GET {path} HTTP/1.1" {status} - {perf}\n'
    )


def line(
    text: str, seconds: float = 0, pid: int = 4700, logger: str = "odoo.service.server"
) -> str:
    return f"{stamp(seconds)} {pid} INFO ? {logger}: {text} \n"


def profile_of(*lines: str) -> Profile:
    return scan_bytes("".join(lines).encode()).profile


def test_a_request_line_is_read_to_the_millisecond() -> None:
    profile = profile_of(request())

    (one,) = profile.classes
    assert (one.name, one.count, one.errors, one.queries) == ("GET /shop", 1, 0, 74)
    assert one.service.sum_seconds == pytest.approx(0.551)
    assert one.sql.sum_seconds == pytest.approx(0.152)
    assert profile.first == profile.last == pytest.approx(START.timestamp())


@pytest.mark.parametrize(
    ("perf", "timed"),
    [
        ("74 0.152 0.399", True),
        ("74 0.152 0.399 rw", True),  # 18, 19 with a replica
        ("74 0.152 0.399 ro->rw", True),
        ("74 0.152 0.399 0.210", True),  # a thread time behind the rest
        ("1174 10.152 1200.399", True),
        ("- - -", False),  # static files of 12 to 15
        ("- - - -", False),
    ],
)
def test_the_performance_fields_of_every_series_are_read(perf: str, *, timed: bool) -> None:
    (one,) = profile_of(request(perf=perf)).classes

    assert one.count == 1
    assert one.untimed == (0 if timed else 1)
    assert one.service.count == (1 if timed else 0)
    if timed:
        _, sql, rest, *_ = perf.split()
        assert one.service.sum_seconds == pytest.approx(float(sql) + float(rest))


def test_an_answer_of_500_is_an_error() -> None:
    profile = profile_of(request(status=500), request(status=404), request(status=503))

    assert profile.errors == 2
    assert profile.hours[0].errors == 2


def test_a_query_does_not_make_a_class_of_its_own() -> None:
    profile = profile_of(request(path="/shop?page=2"), request(path="/shop?search=lamp"))

    assert [one.name for one in profile.classes] == ["GET /shop"]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("GET /shop/office-lamp-17", "GET /shop/*"),
        ("GET /shop/17", "GET /shop/*"),
        ("GET /web/static/lib/jquery/jquery.js", "GET /*/static/*"),
        (
            "POST /web/dataset/call_kw/res.partner/web_read",
            "POST /web/dataset/call_kw/res.partner/web_read",
        ),
        (
            "POST /web/dataset/call_kw/res.partner/web_read#res.partner.web_read",
            "POST res.partner.web_read",
        ),
        ("GET /web/image/product.product/17/image_256", "GET /web/image/product.product/*"),
        ("GET /", "GET /"),
        ("GET /web/login", "GET /web/login"),
    ],
)
def test_ids_are_folded_and_names_are_not(key: str, name: str) -> None:
    assert class_of(key) == name


@given(st.text(max_size=80))
def test_any_path_has_a_class(key: str) -> None:
    assert class_of(key)


def test_a_worker_is_busy_in_each_second_that_a_request_takes_part_in() -> None:
    # It ends at :04.212 and took 3.0 s: 0.788 s of second 1, all of 2 and 3, 0.212 s of 4.
    profile = profile_of(request(perf="1 1.000 2.000"), request(perf="1 0.000 0.100"))

    assert profile.hours[0].busy_seconds == pytest.approx(3.1)
    assert profile.concurrency.max_busy == pytest.approx(1.0)
    assert profile.concurrency.histogram[1] == 3  # 0.788, 1, 1; 0.312 rounds to none


def test_two_requests_at_once_keep_two_workers_busy() -> None:
    profile = profile_of(
        request(0, perf="1 0.000 5.000", pid=1), request(0.001, perf="1 0.000 5.000", pid=2)
    )

    assert profile.concurrency.max_busy == pytest.approx(2.0)
    assert profile.concurrency.workers == 2
    assert profile.concurrency.saturated_seconds >= 4


def test_a_request_across_midnight_counts_in_both_hours() -> None:
    midnight = (24 - 16) * 3600 - 27 * 60 - 4 - 0.212
    profile = profile_of(request(midnight + 1, perf="1 0.000 2.000"))

    assert sum(hour.busy_seconds for hour in profile.hours) == pytest.approx(2.0)


def test_other_layouts_are_counted_and_not_taken_for_requests() -> None:
    websocket = (
        f"{stamp(1)} 4720 INFO ? longpolling: 10.0.0.1 - - [2026-11-23 16:27:05] "
        '"GET /websocket?version=19.0-1 HTTP/1.1" 101 173 12.5\n'
    )
    syslog = 'Odoo Server 19.0:shop:INFO:werkzeug:10.0.0.1 - - "GET / HTTP/1.1" 200 -\n'
    profile = profile_of(request(), websocket, syslog, "Traceback (most recent call last):\n")

    assert (profile.requests, profile.other, profile.lines) == (1, 1, 4)


def test_colours_and_carriage_returns_do_not_hide_a_line() -> None:
    coloured = request().replace("INFO", "\x1b[1;32m\x1b[1;49mINFO\x1b[0m").replace("\n", "\r\n")

    assert profile_of(coloured).requests == 1


ALPHABET = st.sampled_from(
    [
        request(1),
        request(2, "/web/login", status=303),
        request(3.5, perf="- - -", pid=5),
        request(4, "/shop/lamp-17", perf="12 0.001 7.250"),
        request(3600 * 30),
        line("something", 5),
        "Traceback (most recent call last):\n",
        '  File "x.py", line 1\n',
        "2026-13-45 99:99:99,999 1 INFO\n",
        "2026-11-23 16:27:04,212 1\n",
        '2026-11-23 16:27:04,212 1 INFO a werkzeug: "\n',
        "\x00\xff\n",
        "x" * 300,
        "\n",
    ]
)
LOGS = st.lists(ALPHABET, max_size=30).map(lambda lines: "".join(lines).encode())


def told(scanned: Scanned) -> tuple[Profile, Story]:
    return scanned.profile, scanned.story


@given(LOGS, st.lists(st.integers(0, 4000), max_size=5))
def test_a_log_cut_anywhere_tells_the_same(log: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
    pieces = [log[a:b] for a, b in pairwise(places)]

    assert told(scan_blocks(pieces)) == told(scan_bytes(log))


@given(st.binary(max_size=2000))
def test_any_bytes_can_be_scanned(data: bytes) -> None:
    scanned = scan_bytes(data)

    assert scanned.profile.requests <= scanned.lines


@given(LOGS, LOGS)
def test_two_parts_merged_have_the_counts_of_the_whole(one: bytes, other: bytes) -> None:
    parts = merge([scan_bytes(one), scan_bytes(other)]).profile
    sums = [scan_bytes(part).profile for part in (one, other)]

    assert parts.requests == sum(part.requests for part in sums)
    busy = sum(hour.busy_seconds for part in sums for hour in part.hours)
    assert sum(hour.busy_seconds for hour in parts.hours) == pytest.approx(busy)


def test_a_file_read_by_several_processes_tells_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = "".join(
        request(n / 7, f"/shop/lamp-{n}", perf=f"{n % 90} 0.0{n % 90:02d} {n % 3}.{n % 1000:03d}")
        + (line("Traceback:", n / 7) + "  File\n" * (n % 4) if n % 11 == 0 else "")
        for n in range(5000)
    ).encode()
    path = tmp_path / "odoo.log"
    path.write_bytes(log)
    monkeypatch.setattr(logscan, "PART_BYTES", 10_007)
    read: list[int] = []

    scanned = scan_file(path, jobs=2, on_progress=read.append)

    assert told(scanned) == told(scan_bytes(log))
    assert sum(read) == len(log)


def test_quantiles_are_within_the_stated_error() -> None:
    profile = profile_of(*(request(n, perf=f"1 0.000 {n / 1000:.3f}") for n in range(1, 1001)))

    service = profile.classes[0].service
    assert service.quantile(0.5) == pytest.approx(0.5, rel=0.04)
    assert service.quantile(0.95) == pytest.approx(0.95, rel=0.04)
    assert service.max_seconds == pytest.approx(1.0)

"""Are exactly the bytes between two times found?"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.probe.logworld import BEGAN, log, stamped

from workeroo.errors import UsageError
from workeroo.probe.logspan import (
    Reader,
    Sieve,
    Span,
    find_range,
    is_in_order,
    parse_span,
    stamp_of,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
MOMENTS = st.integers(0, 5000).map(lambda n: stamp_of(BEGAN + timedelta(milliseconds=n)))
ENTRIES = st.lists(
    st.tuples(st.integers(0, 5000), st.lists(st.text("ab 2026-", max_size=30), max_size=3)),
    max_size=40,
)


def reader(data: bytes) -> Reader:
    return lambda offset, count: data[offset : offset + count]


@given(
    entries=ENTRIES,
    since=st.none() | MOMENTS,
    until=st.none() | MOMENTS,
    filler=st.sampled_from([0, 70_000]),
)
def test_the_range_holds_every_line_of_the_span_and_no_other(
    entries: list[tuple[int, list[str]]], since: bytes | None, until: bytes | None, filler: int
) -> None:
    blocks = []
    for millisecond, tail in sorted(entries, key=lambda entry: entry[0]):
        told = log([stamped(millisecond / 1000), *tail, *(["x" * filler] if filler else [])])
        blocks.append((stamp_of(BEGAN + timedelta(milliseconds=millisecond)), told))
    data = b"".join(told for _, told in blocks)
    span = Span(since, until)
    wanted = b"".join(told for stamp, told in blocks if span.holds(stamp))

    start, stop = find_range(reader(data), len(data), span)

    assert data[start:stop] == wanted
    assert Sieve(Span(since or b"0", until)).lines(data) == wanted


def test_only_few_places_of_a_large_log_are_read() -> None:
    line = len(log([stamped(0)]))
    read = []

    def endless(offset: int, count: int) -> bytes:
        """A log of a terabyte, made where it is looked at."""
        read.append(count)
        first = offset // line
        lines = [stamped(n / 1000) for n in range(first, first + count // line + 2)]
        return log(lines)[offset % line :][:count]

    span = parse_span("2026-11-25 03:00", "2026-11-25 03:00:00.002", NOW)
    size = 10**12 // line * line

    start, stop = find_range(endless, size, span)

    assert stop - start == 2 * line
    assert endless(start, 23) == b"2026-11-25 03:00:00,000"
    assert sum(read) < 10_000_000


def test_times_that_jump_back_are_seen_and_a_second_of_disorder_is_none() -> None:
    jumped = log([stamped(n) for n in [*range(500), *range(400, 900)]])
    mixed = log([stamped(n + (0.9 if n % 2 else 0.1) - n % 2) for n in range(500)])

    assert not is_in_order(reader(jumped), len(jumped))
    assert is_in_order(reader(mixed), len(mixed))


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2026-11-23", b"2026-11-23 00:00:00,000"),
        ("2026-11-23 16:27", b"2026-11-23 16:27:00,000"),
        ("2026-11-23T16:27:04.2121", b"2026-11-23 16:27:04,213"),
        ("2026-11-23 16:27:04,212", b"2026-11-23 16:27:04,212"),
        ("2026-11-23T16:27:04Z", b"2026-11-23 16:27:04,000"),
        ("2026-11-23T16:27:04+02:00", b"2026-11-23 14:27:04,000"),
        ("2h", b"2026-11-24 10:00:00,000"),
        ("3d ago", b"2026-11-21 12:00:00,000"),
        ("90m", b"2026-11-24 10:30:00,000"),
    ],
)
def test_people_may_write_times_in_many_ways(text: str, stamp: bytes) -> None:
    assert parse_span(text, None, NOW).since == stamp


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "12", "999999w", "2026-11-23 25:00"]
)
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="write it like"):
        parse_span(None, text, NOW)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="not after"):
        parse_span("1h", "2h", NOW)

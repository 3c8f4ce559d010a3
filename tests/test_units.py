"""Are sizes and times read as people write them, and shown as people read them?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.errors import UsageError
from workeroo.units import (
    GIB,
    MB,
    MIB,
    format_bytes,
    format_count,
    format_megabytes,
    format_seconds,
    parse_bytes,
)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("8G", 8 * GIB),
        ("8 GB", 8 * GIB),
        ("2GiB", 2 * GIB),
        ("640m", 640 * MIB),
        ("1.5G", 1536 * MIB),
        ("1,5G", 1536 * MIB),
        ("671088640", 640 * MIB),
        ("671088640 B", 640 * MIB),
    ],
)
def test_a_size_is_read_as_people_write_it(text: str, size: int) -> None:
    assert parse_bytes(text) == size


@pytest.mark.parametrize("text", ["", "G", "eight", "-8G", "0", "8X", "8G8", "1e9", "0.0001K"])
def test_what_is_no_size_above_zero_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_bytes(text)

    assert refused.value.cure is not None


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (640 * MIB, "640 MiB"), (7.75 * GIB, "7.8 GiB"), (-GIB, "-1 GiB")],
)
def test_a_size_is_shown_in_binary_units(size: float, text: str) -> None:
    assert format_bytes(size) == text


def test_the_articles_sums_are_shown_in_decimal_units() -> None:
    assert format_megabytes(9 * 300 * MB) == "2.7 GB"
    assert format_megabytes(300 * MB) == "300 MB"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.28, "0.28 s"), (60, "60 s"), (120, "2 min"), (7200, "2 h"), (12_000, "3 h 20 min")],
)
def test_a_time_is_shown_in_the_unit_that_reads_best(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


def test_a_count_has_its_noun_in_the_right_form() -> None:
    assert format_count(1, "worker") == "1 worker"
    assert format_count(9, "worker") == "9 workers"
    assert format_count(2, "process", "processes") == "2 processes"


@given(st.integers(min_value=1, max_value=2**50))
def test_a_shown_size_is_read_back_to_within_its_rounding(size: int) -> None:
    back = parse_bytes(format_bytes(size))

    assert abs(back - size) <= max(1, size * 0.05)

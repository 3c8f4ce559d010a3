from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from workeroo.catalog.logline import LogLine
from workeroo.catalog.loglines import LOG_LINES
from workeroo.catalog.series import NEWEST, OLDEST
from workeroo.workload.scan import scan_bytes

PREFIX = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ [A-Z]+ \S+ [^\s:]+: ?")
EXAMPLES = [
    (block.partition("\n")[0], block.partition("\n")[2])
    for block in (Path(__file__).parent / "loglines.txt")
    .read_text(encoding="utf-8")
    .split("== ")[1:]
]
"""(kind, lines), at least one of each wording."""


def name_of(known: LogLine) -> str:
    return f"{known.name}: {known.anchor}"


def is_told_by(known: LogLine, text: str) -> bool:
    """Whether a line of the text has the wording, by its pattern alone."""
    messages = [PREFIX.sub("", one) for one in text.splitlines()]
    return any(re.search(known.pattern, one) for one in messages)


@pytest.mark.parametrize(
    ("kind", "text"), EXAMPLES, ids=[f"{n}-{kind}" for n, (kind, _) in enumerate(EXAMPLES)]
)
def test_each_line_is_recognised_as_what_it_is_and_as_nothing_else(kind: str, text: str) -> None:
    assert set(scan_bytes(text.encode()).story.sightings) == {kind}


@pytest.mark.parametrize("known", LOG_LINES, ids=name_of)
def test_each_wording_has_an_example(known: LogLine) -> None:
    texts = [text for kind, text in EXAMPLES if kind == known.name]

    assert any(known.anchor in text and is_told_by(known, text) for text in texts)


@pytest.mark.parametrize("known", LOG_LINES, ids=name_of)
def test_an_anchor_is_easy_to_search_and_stands_in_whatever_its_pattern_takes(
    known: LogLine,
) -> None:
    others = [one.pattern for one in LOG_LINES if one.name == known.name and one is not known]
    taken = [text for _, text in EXAMPLES if is_told_by(known, text)]

    assert known.anchor.isascii()
    assert len(known.anchor) >= 7
    assert "\n" not in known.anchor
    assert [
        text for text in taken if known.anchor not in text and known.pattern not in others
    ] == []


@pytest.mark.parametrize("known", LOG_LINES, ids=name_of)
def test_a_known_line_says_when_what_and_where(known: LogLine) -> None:
    assert OLDEST <= known.first <= (known.last or NEWEST) <= NEWEST
    assert known.meaning.endswith(".")
    assert known.source


@pytest.mark.parametrize("known", LOG_LINES, ids=name_of)
def test_no_number_of_a_pattern_is_longer_than_a_number_can_be(known: LogLine) -> None:
    text = next(text for kind, text in EXAMPLES if kind == known.name)
    hostile = re.sub(r"(?<=[( ])\d+(?=[)s,.])", "9" * 5000, text)

    told = scan_bytes(hostile.encode()).story

    assert msgspec.msgpack.encode(told)  # as JSON, it takes 64 bits; unlike JSON, any key


def test_no_anchor_has_a_digit_in_it() -> None:
    """Lines that differ only in digits are looked into once."""
    assert [line.anchor for line in LOG_LINES if any(map(str.isdigit, line.anchor))] == []

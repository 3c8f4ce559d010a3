"""Does a scan find the truth about a made log, to the last count, also when it is cut?"""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from workeroo.workload.profile import Profile
from workeroo.workload.scan import Scanned, merge, next_header, scan_blocks, scan_bytes
from workeroo.workload.story import Story

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
pytestmark = pytest.mark.skipif(
    not (BENCHMARKS / "logmaker.py").exists(), reason="the benchmarks are not in this copy"
)

KINDS = (
    "worker-alive", "worker-exit", "request-limit", "soft-memory-limit", "worker-timeout",
    "cpu-limit", "pool-full", "memory-error", "serialization-retry", "cron-start", "cron-done",
)  # fmt: skip

BORDERS = {
    "in front of a line": rb"\n(?=\d{4}-)",
    "in front of a newline": rb"\d(?=\n)",
    "in a date": rb"\n\d{4}-\d",
    "in the milliseconds": rb",\d(?=\d\d )",
    "in a pid": rb",\d{3} \d",
    "in a level": rb" IN(?=FO )",
    "in the name of a logger": rb" werk(?=zeug: )",
    "in the client's date": rb" - - \[\d\d/N",
    "in a path": rb'"GET /sh(?=op)',
    "behind a path": rb'"GET /shop (?=HTTP)',
    "in a status": rb'HTTP/1.1" 2(?=00)',
    "in a number of queries": rb'" 200 - \d(?=\d)',
    "in a time": rb"\.\d(?=\d\d\n)",
    "in missing times": rb" - -(?= -\n)",
    "in front of a traceback": rb"\n(?=Traceback)",
    "in the first word of a traceback": rb"\nTrace(?=back)",
    "between the lines of a traceback": rb'\n  File "[^\n]*\n(?=    )',
    "in front of the last line of a traceback": rb"\n(?=MemoryError)",
    "behind a traceback": rb"MemoryError\n",
    "in an error's name": rb"Connection Pool(?= Is Full)",
    "in front of an empty line": rb"\n(?=\n)",
    "behind an empty line": rb"\n\n",
    "in a letter of two bytes": rb"\xc3(?=[\x80-\xbf])",
    "in a letter of three bytes": rb"\xe2\x82(?=\xac)",
    "in the number of a worker": rb"Worker \(\d(?=\d)",
}
MOST_CUTS = 40


class Made(NamedTuple):
    log: bytes
    truth: Any


@contextmanager
def benchmarks() -> Iterator[None]:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        yield
    finally:
        sys.path.remove(str(BENCHMARKS))


def make(megabytes: float = 2, **shape: Any) -> Made:  # noqa: ANN401 - whatever a shape has
    with benchmarks():
        logmaker = importlib.import_module("logmaker")
    told: dict[str, Any] = {"life_requests": (20, 160), "troubles": 6_000, **shape}
    maker = logmaker.LogMaker(logmaker.Shape(size_bytes=int(megabytes * 1000**2), **told))
    return Made(b"".join(maker.pieces()), maker.truth)


@pytest.fixture(scope="module")
def made() -> Made:
    return make()


@pytest.fixture(scope="module")
def uncut(made: Made) -> Scanned:
    return scan_bytes(made.log)


def told(scanned: Scanned) -> tuple[Profile, Story]:
    """What a scan says; times of scheduled actions, summed as floats, to the millisecond."""
    profile = scanned.profile
    for times in profile.cron.values():
        times.sum_seconds = round(times.sum_seconds, 3)
    return profile, scanned.story


def assert_true(scanned: Scanned, truth: Any) -> None:  # noqa: ANN401 - from the benchmarks
    profile, story = told(scanned)
    assert (profile.lines, profile.requests) == (truth.lines, truth.requests)
    assert (profile.errors, profile.other) == (truth.errors, truth.headers - truth.requests)
    assert sum(one.untimed for one in profile.classes) == truth.untimed
    assert (profile.first, profile.last) == (truth.first_ms / 1000, truth.last_ms / 1000)
    busy_seconds = sum(hour.busy_seconds for hour in profile.hours)
    assert busy_seconds == pytest.approx(truth.busy_ms / 1000, abs=0.001)
    assert sum(hour.requests for hour in profile.hours) == truth.requests
    assert sum(hour.errors for hour in profile.hours) == truth.errors
    assert {kind: story.count(kind) for kind in KINDS} == {kind: truth.told[kind] for kind in KINDS}


def by_class(profile: Profile) -> dict[str, Counter[str]]:
    return {
        one.name: Counter(
            count=one.count, errors=one.errors, untimed=one.untimed, queries=one.queries,
            service_ms=round(one.service.sum_seconds * 1000),
            sql_ms=round(one.sql.sum_seconds * 1000),
        )
        for one in profile.classes
    }  # fmt: skip


def borders(log: bytes, kind: str) -> list[int]:
    """Places of one kind, spread over the log."""
    found = [match.end() for match in re.finditer(BORDERS[kind], log)]
    return found[:: len(found) // MOST_CUTS + 1]


def pieces(log: bytes, cuts: list[int]) -> list[bytes]:
    """The log cut at these places, wherever they are."""
    return [log[a:b] for a, b in pairwise([0, *cuts, len(log)])]


def parts(log: bytes, cuts: list[int]) -> list[bytes]:
    """The log cut in front of the next line with a prefix, as several processes read it."""
    found = {at for cut in cuts if (at := next_header(log, cut)) is not None}
    return pieces(log, sorted(found))


def test_the_scan_of_a_made_log_is_the_truth(made: Made, uncut: Scanned) -> None:
    assert len(made.log) == made.truth.size_bytes > 1.9 * 1000**2
    assert [kind for kind in KINDS if not made.truth.told[kind]] == []
    assert_true(uncut, made.truth)


def test_every_class_of_a_made_log_has_its_counts_and_times(made: Made, uncut: Scanned) -> None:
    found = by_class(uncut.profile)

    assert len(found) > 100
    assert found == made.truth.classes


def test_every_scheduled_action_of_a_made_log_has_its_runs_and_times(
    made: Made, uncut: Scanned
) -> None:
    found = {
        job: Counter(runs=times.count, ms=round(times.sum_seconds * 1000))
        for job, times in uncut.profile.cron.items()
    }

    assert len(found) > 5
    assert found == made.truth.jobs


@pytest.mark.parametrize("kind", BORDERS)
def test_a_made_log_in_pieces_tells_the_same_when_cut(
    made: Made, uncut: Scanned, kind: str
) -> None:
    cuts = borders(made.log, kind)

    assert len(cuts) > 0
    assert told(scan_blocks(pieces(made.log, cuts))) == told(uncut)


@pytest.mark.parametrize("kind", BORDERS)
def test_a_made_log_read_in_parts_tells_the_same_when_cut(
    made: Made, uncut: Scanned, kind: str
) -> None:
    apart = parts(made.log, borders(made.log, kind))

    assert len(apart) > 1
    assert told(merge(map(scan_bytes, apart))) == told(uncut)


def test_a_log_tells_the_same_at_whichever_byte_it_is_cut(made: Made) -> None:
    starts = [
        found.start() + 1
        for mark in (b"MemoryError", b"CPU time limit (", b"could not serialize", b"Caf\xc3\xa9")
        if (
            found := re.search(rb"\n\d{4}[^\n]*(?:\n(?!\d{4}-)[^\n]*)*" + re.escape(mark), made.log)
        )
    ]
    assert len(starts) == 4
    log = b"".join(
        b"".join(made.log[at : at + 4000].splitlines(keepends=True)[:3]) for at in starts
    )
    whole = told(scan_bytes(log))

    for cut in range(1, len(log)):
        assert told(scan_blocks(pieces(log, [cut]))) == whole, log[cut - 40 : cut + 40]


@pytest.mark.parametrize("series", range(12, 20))
def test_the_made_log_of_every_series_is_read_to_its_truth(series: int) -> None:
    made = make(0.5, series=series, modes=series >= 18)
    scanned = scan_bytes(made.log)

    assert_true(scanned, made.truth)
    assert by_class(scanned.profile) == made.truth.classes
    assert scanned.profile.series == series


def test_a_seed_makes_one_log_and_another_seed_another() -> None:
    assert make(0.2).log == make(0.2).log
    assert make(0.2).log != make(0.2, seed=7).log


def test_no_worker_of_a_made_log_serves_two_requests_at_once(made: Made) -> None:
    free_at: dict[bytes, int] = {}
    line = re.compile(
        rb"^\S+ (\d\d):(\d\d):(\d\d),(\d{3}) (\d+) INFO shop werkzeug: "
        rb".* (\d+)\.(\d+) (\d+)\.(\d+)$",
        re.MULTILINE,
    )
    for match in line.finditer(made.log):
        hour, minute, second, ms = map(int, match.groups()[:4])
        sql, sql_ms, rest, rest_ms = map(int, match.groups()[5:])
        end = ((hour * 60 + minute) * 60 + second) * 1000 + ms
        begin = end - (sql + rest) * 1000 - sql_ms - rest_ms
        assert begin >= free_at.get(match[5], begin)
        free_at[match[5]] = end
    assert len(free_at) > 8

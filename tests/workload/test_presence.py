"""Is it the same however a log is cut: which process wrote in which hour, from when until when?"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workeroo.workload import presence
from workeroo.workload.presence import Presence
from workeroo.workload.scan import Scanned, merge, scan_bytes

lines = st.lists(
    st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(1, 12)), min_size=1, max_size=40
).map(
    lambda told: [
        f"2026-11-23 {hour:02}:{minute:02}:00,000 {pid} INFO shop odoo.http: x \n".encode()
        for hour, minute, pid in told
    ]
)


def known(scanned: Scanned) -> Presence:
    return scanned.story.presence


@given(lines, st.lists(st.integers(0, 40), max_size=4), st.integers(1, 12))
def test_parts_tell_together_what_the_whole_tells(
    told: list[bytes], cuts: list[int], most: int
) -> None:
    places = sorted({0, len(told), *(min(cut, len(told)) for cut in cuts)})
    parts = [b"".join(told[low:high]) for low, high in pairwise(places)]
    before = presence.MOST_PIDS
    presence.MOST_PIDS = most
    try:
        assert known(merge(map(scan_bytes, parts))) == known(scan_bytes(b"".join(told)))
    finally:
        presence.MOST_PIDS = before


@given(lines)
def test_the_first_and_the_last_line_of_each_process_in_each_hour_are_told(
    told: list[bytes],
) -> None:
    found = known(scan_bytes(b"".join(told)))

    for text in told:
        at, pid = scan_bytes(text).profile.first, int(text.split()[2])
        assert at is not None
        first, last = found["", int(at // 3600)][pid]
        assert first <= at <= last
    assert sum(len(there) for there in found.values()) == len(
        {(text[:13], text.split()[2]) for text in told}
    )


def test_two_logs_are_kept_apart() -> None:
    text = b"2026-11-23 12:00:00,000 7 INFO shop odoo.http: x \n"
    whole = Scanned()
    whole.absorb(scan_bytes(text), "a.log")
    whole.absorb(scan_bytes(text), "b.log")
    whole.absorb(scan_bytes(text), "b.log")

    assert {log for log, _ in known(whole)} == {"a.log", "b.log"}

"""Does a diagnosis read well, and safely, in a terminal?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.report.diagnosis_text import diagnosis_text, incident_text
from workeroo.report.paint import Paint
from workeroo.workload.product import Diagnosis, Incident, Severity, Source
from workeroo.workload.profile import (
    Concurrency,
    Hour,
    Lifetimes,
    Profile,
    RequestClass,
    Times,
)

PAINT = Paint()
NOON = 1_795_435_200  # 2026-11-23 12:00 UTC
EVIL = "\x1b]0;owned\x07\x1b[2J<script>\u202e\x9b31m\x00\r\n"


def incident(
    id: str = "worker-time-limit",  # noqa: A002 - its name in the product
    severity: Severity = "error",
    count: int = 14,
    **rest: str,
) -> Incident:
    said = {
        "title": "workers are killed on limit_time_real",
        "cause": "A request took longer than it may.",
        "cure": "raise limit_time_real",
        "evidence": "2026-11-23 12:00:01,000 7 ERROR shop x: timeout after 120s",
        **rest,
    }
    return Incident(
        id=id,
        severity=severity,
        confidence="high",
        title=said["title"],
        count=count,
        first="2026-11-23T12:00:01Z",
        last="2026-11-23T15:40:22Z",
        evidence=[said["evidence"]],
        cause=said["cause"],
        cure=said["cure"],
    )


def times(count: int, seconds: float) -> Times:
    return Times(count=count, sum_seconds=count * seconds, max_seconds=seconds, buckets={70: count})


def workload(hours: int = 24, **rest: object) -> Profile:
    first = NOON // 3600
    profile = Profile(
        first=NOON,
        last=NOON + 3600.0 * hours,
        lines=100_000,
        requests=80_000,
        other=20_000,
        errors=12,
        classes=[
            RequestClass(name="GET /shop", count=60_000, service=times(60_000, 0.2), sql=Times()),
            RequestClass(name="POST /slow", count=20_000, errors=12, service=times(20_000, 2.0),
                         sql=Times(count=20_000, sum_seconds=10_000.0)),
        ],
        hours=[
            Hour(hour=first + n, requests=100 * n, busy_seconds=200.0 * n) for n in range(hours)
        ],
        peak_hour=first + hours - 1,
        concurrency=Concurrency(workers=4, max_busy=4.0, saturated_seconds=90),
        lifetimes=Lifetimes(began=9, ended=5, requests_per_life=1234.4),
    )  # fmt: skip
    for name, value in rest.items():
        setattr(profile, name, value)
    return profile


def told(
    *incidents: Incident,
    files: list[str] | None = None,
    skipped: list[str] | None = None,
    profile: Profile | None = None,
) -> Diagnosis:
    return Diagnosis(
        source=Source(
            files=files or ["odoo.log"], size_bytes=31_000_000, lines=100_000, skipped=skipped or []
        ),
        incidents=list(incidents),
        workload=profile or workload(),
    )


def test_the_verdict_says_what_is_wrong_most_how_often_and_since_when() -> None:
    text = diagnosis_text(told(incident(), incident("other", "warning")), PAINT)

    assert text.splitlines()[:5] == [
        "1 error, 1 warning.",
        "Worst: workers are killed on limit_time_real, 14 times, since 2026-11-23",
        "    12:00:01 UTC.",
        "Read: odoo.log (29.6 MiB, 100,000 lines), 2026-11-23 12:00:00 to 2026-11-24",
        "    12:00:00 UTC.",
    ]


def test_when_nothing_is_wrong_it_says_so_and_what_was_looked_at() -> None:
    assert diagnosis_text(told(), PAINT).splitlines()[:3] == [
        "Nothing went wrong.",
        "Read: odoo.log (29.6 MiB, 100,000 lines), 2026-11-23 12:00:00 to 2026-11-24",
        "    12:00:00 UTC.",
    ]


def test_what_could_not_be_read_weakens_the_verdict_and_is_said() -> None:
    text = diagnosis_text(told(skipped=["gone.log: no such file"]), PAINT)

    assert text.startswith("Nothing went wrong, as far as could be read.\n")
    assert "Not read:\n    - gone.log: no such file\n" in text


def test_a_log_without_a_line_is_no_clean_one() -> None:
    empty = Diagnosis(
        source=Source(files=["odoo.log"], size_bytes=0, lines=0),
        incidents=[],
        workload=Profile(concurrency=Concurrency(), lifetimes=Lifetimes()),
    )

    assert diagnosis_text(empty, PAINT).splitlines() == [
        "There is no line to read.",
        "Read: odoo.log (0 B, 0 lines; none of them has a time).",
    ]


def test_an_incident_has_its_times_evidence_cause_and_cure() -> None:
    assert incident_text(incident(), PAINT).splitlines() == [
        "error: workers are killed on limit_time_real, 14 times",
        "    2026-11-23 12:00:01 to 15:40:22 UTC",
        "    | 2026-11-23 12:00:01,000 7 ERROR shop x: timeout after 120s",
        "    A request took longer than it may.",
        "    > raise limit_time_real",
        "    [worker-time-limit, high confidence]",
    ]


def test_a_count_that_the_title_has_is_not_told_twice() -> None:
    assert "14 times" not in incident_text(incident(title="14 workers killed"), PAINT)


def test_an_incident_without_a_time_claims_none() -> None:
    untimed = Incident(
        id="config-error", severity="error", confidence="high", title="it does not start", count=1,
        first="1970-01-01T00:00:00Z", last="1970-01-01T00:00:00Z", evidence=[], cause="c", cure="d",
    )  # fmt: skip

    assert "1970" not in diagnosis_text(told(untimed), PAINT)


def test_the_workload_tells_peak_workers_and_what_takes_the_time() -> None:
    text = diagnosis_text(told(), PAINT)

    assert "The work: 80,000 requests, 12 of them answered with an error." in text
    assert "Peak hour: 2026-11-24 11:00 UTC, 2,300 requests (38 a minute)." in text
    assert "Busy workers: at most 4.0 of 4 at a time; all of them for 90 s in all." in text
    assert "Workers: 9 began, 5 ended, after 1234 requests each on average." in text
    rows = [line.split() for line in text.splitlines() if "/s" in line]
    assert rows[0] == [
        "POST",
        "/slow",
        "20,000",
        "12",
        "0.16",
        "s",
        "0.16",
        "s",
        "25",
        "%",
        "77",
        "%",
    ]


def test_a_day_is_drawn_with_one_column_an_hour_and_a_month_with_fewer() -> None:
    day = diagnosis_text(told(), PAINT)
    month = diagnosis_text(told(profile=workload(30 * 24)), PAINT)

    drawn = next(line for line in day.splitlines() if line.startswith("  requests "))
    assert drawn == "  requests      ▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███ max 2,300"
    assert "every 15 hours, on average" in month


def test_scheduled_actions_have_their_table() -> None:
    profile = workload(cron={"Mail: send": times(30, 2.0), "Slow": times(2, 900.0)})

    text = diagnosis_text(told(profile=profile), PAINT)

    assert re.search(r"Slow +2 +0\.16 s +15 min +30 min\n", text)


def test_nothing_of_a_log_reaches_the_terminal_as_a_command() -> None:
    evil = incident(title=EVIL, evidence=EVIL, cause=EVIL, cure=EVIL)
    profile = workload(
        cron={EVIL: times(3, 1.0)},
        classes=[RequestClass(name=EVIL, count=9, service=times(9, 1.0), sql=times(0, 0))],
    )

    text = diagnosis_text(told(evil, files=[EVIL], skipped=[EVIL], profile=profile), PAINT)

    assert [c for c in text if not c.isprintable() and c != "\n"] == []


@given(
    text=st.text(max_size=3000),
    count=st.integers(1, 10**12),
    files=st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=12),
)
def test_whatever_a_log_holds_the_verdict_stays_in_five_rows_of_80_columns(
    text: str, count: int, files: list[str]
) -> None:
    evil = incident(count=count, title=text, evidence=text, cause=text, cure=text)

    report = diagnosis_text(told(evil, files=files, skipped=[text]), PAINT)

    assert [line for line in report.splitlines() if len(line) > 80] == []
    assert [c for c in report if not c.isprintable() and c != "\n"] == []
    head = report.split("\n\n")[0].splitlines()
    assert len(head) <= 5
    assert any(line.startswith("Read: ") for line in head)


def test_colours_come_only_where_they_are_wanted() -> None:
    diagnosis = told(incident())
    coloured = diagnosis_text(diagnosis, Paint(colour=True))

    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == diagnosis_text(diagnosis, PAINT)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_tables_fit_the_width(width: int) -> None:
    text = diagnosis_text(told(incident(cause="x " * 300)), Paint(width=width))

    assert max(map(len, text.splitlines())) <= max(width, 80)

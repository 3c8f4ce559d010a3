"""Who serves what PDFs wait for, when every worker prints?"""

from __future__ import annotations

import msgspec
import pytest
from tests.autopilot.looks import BOUNDS, Day, workers

from workeroo.autopilot.product import Step
from workeroo.autopilot.rules.pdf_escape import ESCAPE_WORKERS
from workeroo.facts.pulse import Worker


def printers(count: int, request_seconds: float = 5.0) -> tuple[Worker, ...]:
    """Workers that wait for their programs."""
    return workers("b" * count, children=("wkhtmltopdf",), request_seconds=request_seconds)


@pytest.fixture
def day() -> Day:
    return Day(msgspec.structs.replace(BOUNDS, ceiling=2))


def deed(day: Day, seen: tuple[Worker, ...]) -> Step | None:
    """The first in four seconds in which nothing changes, though cores are busy; it is done."""
    for _ in range(20):
        step, _ = day.step(seen, waiting=9, used=4)
        if step.kind != "hold":
            day.done(step)
            return step
    return None


def test_a_pdf_that_waits_for_itself_gets_a_worker_beyond_the_ceiling_though_cores_are_busy(
    day: Day,
) -> None:
    step = deed(day, printers(2))

    assert step is not None
    assert (step.kind, step.rule, step.count) == ("grow", "pdf_escape", 1)


def test_an_escape_worker_that_serves_is_enough(day: Day) -> None:
    assert deed(day, printers(2)) is not None
    serving = (*printers(2), *workers("bbb")[2:])

    assert deed(day, serving) is None
    assert deed(day, printers(3, request_seconds=0.5)) is None


def test_an_escape_worker_that_came_to_a_pdf_too_is_followed_by_the_next(day: Day) -> None:
    came = [deed(day, printers(present)) for present in range(2, 2 + ESCAPE_WORKERS)]

    assert [(step.rule, step.count) for step in came if step] == [("pdf_escape", 1)] * len(came)
    assert deed(day, printers(2 + ESCAPE_WORKERS)) is None

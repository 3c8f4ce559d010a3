"""Does the generator say when it is its own figures that it shows?"""

from __future__ import annotations

from workeroo.prove.load.honesty import NO_FILES, Effort, doubts
from workeroo.prove.load.product import Latency

WELL = Latency(count=1000, failed=0, p95_seconds=0.2)


def told(busy: float = 0.3, lag: float = 0.001, waited: float = 0.0, unsent: int = 0) -> str:
    failures = {NO_FILES: unsent} if unsent else {}
    effort = Effort(wall_seconds=10.0, cpu_seconds=busy * 10, waited_seconds=waited * 10)
    return " | ".join(doubts(effort, lag, WELL, failures))


def test_a_generator_with_time_to_spare_raises_no_doubt() -> None:
    assert told() == ""


def test_a_busy_generator_says_that_it_was_the_bottleneck() -> None:
    assert "busy 93% of one core: it was the bottleneck itself" in told(busy=0.93, lag=0.5)


def test_a_generator_that_got_no_core_says_that_it_was_starved() -> None:
    said = told(lag=0.05, waited=0.4)
    assert "sent up to 50 ms late (p99)" in said
    assert "starved, waiting for a core 40% of the time" in said


def test_lag_that_figures_cannot_show_is_let_pass() -> None:
    assert told(lag=0.015) == ""
    assert told(lag=0.025) != ""


def test_requests_that_the_generator_could_not_send_are_laid_to_its_own_account() -> None:
    assert told(unsent=3) == f"3 requests failed because {NO_FILES}"


def test_nothing_divided_by_no_time_is_nothing() -> None:
    assert Effort(wall_seconds=0.0, cpu_seconds=0.0).cpu_share == 0.0

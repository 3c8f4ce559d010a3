"""Does the generator say when it is its own figures that it shows?"""

from __future__ import annotations

from workeroo.prove.load.honesty import NO_FILES, Effort, Lag, doubts
from workeroo.prove.load.product import Latency

WELL = Latency(count=1000, failed=0, p95_seconds=0.2, p99_seconds=0.4)


def told(
    busy: float = 0.3, lag: tuple[float, float] = (0.001, 0.002), waited: float = 0.0,
    failures: dict[str, int] | None = None, latency: Latency = WELL,
) -> str:  # fmt: skip
    effort = Effort(wall_seconds=10.0, cpu_seconds=busy * 10, waited_seconds=waited * 10)
    late = Lag(p95_seconds=lag[0], p99_seconds=lag[1])
    return " | ".join(doubts(effort, late, latency, failures or {}))


def test_a_generator_with_time_to_spare_raises_no_doubt() -> None:
    assert told() == ""


def test_a_busy_generator_says_that_it_was_the_bottleneck() -> None:
    assert "busy 93% of one core: it was the bottleneck itself" in told(busy=0.93, lag=(0.5, 0.9))


def test_a_generator_that_got_no_core_says_that_it_was_starved() -> None:
    said = told(lag=(0.05, 0.07), waited=0.4)
    assert "one request in 20 was sent 50 ms late or more, one in 100 70 ms" in said
    assert "starved, waiting for a core 40% of the time" in said


def test_lag_that_figures_cannot_show_is_let_pass() -> None:
    assert told(lag=(0.009, 0.09)) == ""
    assert told(lag=(0.011, 0.09)) != ""
    assert told(lag=(0.009, 0.11)) != ""
    quick = Latency(count=1000, failed=0, p95_seconds=0.002, p99_seconds=0.003)
    assert told(lag=(0.004, 0.005), latency=quick) == ""
    assert told(lag=(0.006, 0.006), latency=Latency(count=0, failed=9)) != ""


def test_requests_that_the_generator_could_not_send_are_laid_to_its_own_account() -> None:
    assert told(failures={NO_FILES: 3}) == f"3 requests failed because {NO_FILES}"


def test_nothing_divided_by_no_time_is_nothing() -> None:
    assert Effort(wall_seconds=0.0, cpu_seconds=0.0).cpu_share == 0.0

"""How much memory does a worker take, and how many workers fit?"""

from __future__ import annotations

import pytest

from workeroo.evidence import Maybe, Unknown, is_known
from workeroo.facts.process import Part, Process
from workeroo.model.memory import (
    at_least,
    budget_text,
    by_article,
    by_docs,
    leanest,
    measured,
    product_text,
    workers_that_fit,
)
from workeroo.units import GIB, MB, MIB


def live(
    pid: int, part: Part, *, pss_bytes: Maybe[int] = 96 * MB, vms_bytes: int = 300 * MB
) -> Process:
    return Process(
        pid=pid,
        parent_pid=1,
        part=part,
        why="said so",
        user="odoo",
        started_at=0.0,
        rss_bytes=150 * MB,
        vms_bytes=vms_bytes,
        pss_bytes=pss_bytes,
    )


def test_nine_workers_of_300_mb_take_2_7_gb() -> None:
    assert product_text(9, by_article().per_worker_bytes) == "9 x 300 MB = 2.7 GB"


def test_the_deployment_page_counts_320_mb_for_its_mix_of_light_and_heavy_requests() -> None:
    assert by_docs().per_worker_bytes == 320 * MB
    assert by_docs().evidence[0].text == "320 MB a worker = 80 % x 150 MB + 20 % x 1 GB"


@pytest.mark.parametrize(
    ("memory_bytes", "workers"), [(4 * GIB, 11), (2 * GIB, 5), (1 * GIB, 2), (300 * MIB, 0)]
)
def test_workers_of_300_mb_fit_into_80_percent_of_the_memory(
    memory_bytes: int, workers: int
) -> None:
    assert workers_that_fit(memory_bytes, 300 * MB) == workers


def test_the_budget_shows_its_reason() -> None:
    assert budget_text(4 * GIB) == "80 % of 4 GiB = 3.4 GB"


def test_the_measured_memory_is_the_mean_pss_of_http_workers_alone() -> None:
    processes = [
        live(10, "http worker", pss_bytes=90 * MB),
        live(11, "http worker", pss_bytes=110 * MB),
        live(12, "cron worker", pss_bytes=900 * MB),
    ]

    seen = measured(processes)

    assert is_known(seen)
    assert seen.per_worker_bytes == 100 * MB
    assert seen.evidence[0].rank == "measured"
    assert seen.evidence[0].text == "100 MB = mean PSS of 2 live HTTP workers"


def test_memory_that_cannot_be_measured_says_why() -> None:
    assert measured([]) == Unknown("no live HTTP worker to measure")
    assert measured([live(10, "http worker", pss_bytes=Unknown("not root"))]) == Unknown(
        "the PSS of the live HTTP workers could not be read"
    )


def test_workers_that_take_more_than_the_rule_thinks_are_counted_as_measured() -> None:
    seen = measured([live(10, "http worker", pss_bytes=500 * MB)])

    assert at_least(by_article(), seen).per_worker_bytes == 500 * MB


def test_workers_that_take_less_leave_the_rule_its_figure_and_stay_as_evidence() -> None:
    seen = measured([live(10, "http worker", pss_bytes=96 * MB)])

    counted = at_least(by_article(), seen)

    assert counted.per_worker_bytes == 300 * MB
    assert [item.rank for item in counted.evidence] == ["measured", "assumed"]


def test_the_leanest_live_worker_stands_for_a_fresh_one() -> None:
    old, young = (
        live(10, "http worker", vms_bytes=900 * MB),
        live(11, "http worker", vms_bytes=310 * MB),
    )

    assert leanest([old, young, live(12, "master", vms_bytes=1)], ["http worker"]) == young
    assert leanest([], ["http worker"]) is None

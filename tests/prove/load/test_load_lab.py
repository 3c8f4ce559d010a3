"""On a real Odoo: is what the load sees what the server does?"""

from __future__ import annotations

import pytest

from workeroo.lab.lab import Lab
from workeroo.prove.load.drive import run
from workeroo.prove.load.order import Bounds, Order, Target, Weighted, one_page
from workeroo.prove.load.product import Load, Open

pytestmark = pytest.mark.lab


def loaded(lab: Lab, path: str, rate: float) -> Load:
    order = Order(
        target=Target(url=lab.url),
        shape=Open(visits_per_second=rate, seconds=3.0),
        journeys=(Weighted(journey=one_page(path)),),
        warmup_seconds=1.0,
        bounds=Bounds(timeout_seconds=20.0),
    )
    return run(order)[0]


def test_a_page_of_odoo_is_asked_for_and_answered(lab: Lab) -> None:
    load = loaded(lab, "/web/login", 5.0)
    assert load.failures == {}
    assert load.all_requests.count > 0
    assert load.stopped is None


def test_a_wait_on_the_server_is_the_latency_that_is_seen(lab: Lab) -> None:
    load = loaded(lab, "/workeroo_lab/sleep?seconds=0.4", 2.0)
    assert load.failures == {}
    assert load.all_requests.p50_seconds is not None
    assert load.all_requests.p50_seconds >= 0.4

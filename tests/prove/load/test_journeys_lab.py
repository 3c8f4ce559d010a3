"""Does a real Odoo 19 answer every request of every journey as the journey says?"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Protocol

import msgspec
import pytest

from workeroo.catalog.journeys import JOURNEYS
from workeroo.catalog.journeys.product import Journey, Socket
from workeroo.lab.lab import Lab
from workeroo.prove.load.drive import run
from workeroo.prove.load.order import Bounds, Order, Target, Values, Weighted
from workeroo.prove.load.product import Load, Open, Shot

pytestmark = pytest.mark.lab

SLOWEST_SECONDS = 120
"""A first PDF, for which a cold server makes its styles, on a machine that others use too."""

AT_ONCE = [journey for journey in JOURNEYS.values() if not journey.programs]


class Shop(Protocol):
    """The webshop of conftest."""

    @property
    def lab(self) -> Lab: ...
    @property
    def given(self) -> dict[str, str]: ...


def hurried(journey: Journey) -> Journey:
    """A journey of somebody who does not think."""
    replace = msgspec.structs.replace
    return replace(journey, steps=tuple(replace(s, think_seconds=0.0) for s in journey.steps))


def walked(
    shop: Shop, *journeys: Journey, visits: int = 1, **other: str
) -> tuple[Load, list[Shot]]:
    given: Values = {**shop.given, **other}
    order = Order(
        target=Target(url=shop.lab.nginx_url),
        shape=Open(trace_seconds=(0.0,) * visits),
        journeys=tuple(Weighted(journey=hurried(journey)) for journey in journeys),
        given=(given,),
        bounds=Bounds(timeout_seconds=SLOWEST_SECONDS),
    )
    return run(order)


def counts(shots: list[Shot]) -> Mapping[str, int]:
    names = [shot.name for shot in shots]
    return {name: names.count(name) for name in names}


def expected(journey: Journey) -> list[str]:
    """The names of its shots: what the bus brought is one of its own."""
    heard = [
        f"{step.name}: heard"
        for step in journey.steps
        if isinstance(step, Socket) and step.heard is not None
    ]
    return [step.name for step in journey.steps] + heard


@pytest.mark.parametrize("journey", AT_ONCE, ids=lambda journey: journey.name)
def test_every_request_is_answered_as_the_journey_says(shop: Shop, journey: Journey) -> None:
    load, shots = walked(shop, journey)
    assert load.failures == {}
    assert counts(shots) == dict.fromkeys(expected(journey), 1)


def test_several_visits_at_once_do_not_disturb_each_other(shop: Shop) -> None:
    load, _ = walked(shop, *AT_ONCE, visits=8)
    assert load.failures == {}


def test_a_pdf_is_printed(shop: Shop) -> None:
    if shutil.which("wkhtmltopdf") is None:
        pytest.skip("wkhtmltopdf is not installed")
    load, _ = walked(shop, JOURNEYS["report-pdf"])
    assert load.failures == {}


def test_a_wrong_password_is_found_out_at_the_login(shop: Shop) -> None:
    _, shots = walked(shop, JOURNEYS["back-office"], password="wrong")  # noqa: S106 - it is none
    assert [(shot.name, shot.failed is None) for shot in shots] == [
        ("login form", True), ("login", False),
    ]  # fmt: skip


def test_an_error_of_odoo_is_a_failure_although_its_status_is_200(shop: Shop) -> None:
    load, shots = walked(shop, JOURNEYS["api-jsonrpc"], database="no_such_database")
    assert shots[0].status == 200
    assert any("JSON-RPC error" in reason for reason in load.failures)

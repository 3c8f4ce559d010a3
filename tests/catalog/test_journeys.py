from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from workeroo.catalog.journeys import JOURNEYS
from workeroo.catalog.journeys.product import Ask, Journey, Socket
from workeroo.catalog.series import SERIES
from workeroo.workload.naming import class_of

NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")

every_journey = pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)


def strings(document: object) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from strings(value)
    elif isinstance(document, list):
        for value in document:
            yield from strings(value)


def texts(step: Ask | Socket) -> Iterator[str]:
    """Everything of a step in which {names} are filled in."""
    yield step.path
    if isinstance(step, Socket):
        for document in step.sends:
            yield from strings(json.loads(document))
        return
    yield from (step.form or {}).values()
    yield from step.headers.values()
    if step.json is not None:
        yield from strings(json.loads(step.json))


def asks(journey: Journey) -> list[Ask]:
    return [step for step in journey.steps if isinstance(step, Ask)]


def test_there_is_a_journey_for_each_kind_of_user() -> None:
    assert set(JOURNEYS) == {
        "shop-visitor", "back-office", "report", "report-pdf", "api-jsonrpc", "api-json2",
        "livechat", "bus",
    }  # fmt: skip


@every_journey
def test_every_name_is_given_or_taken_before(journey: Journey) -> None:
    known = {"visit", *journey.needs}
    for step in journey.steps:
        for text in texts(step):
            assert set(NAME.findall(text)) <= known, step.name
        for take in step.takes if isinstance(step, Ask) else ():
            assert set(NAME.findall(take.otherwise or "")) <= known, take.name
            known.add(take.name)


@every_journey
def test_everything_needed_or_taken_is_used(journey: Journey) -> None:
    used = {name for step in journey.steps for text in texts(step) for name in NAME.findall(text)}
    takes = [take for ask in asks(journey) for take in ask.takes]
    used |= {name for take in takes for name in NAME.findall(take.otherwise or "")}
    taken = {take.name for take in takes}
    assert used - {"visit"} == taken | set(journey.needs)


@every_journey
def test_every_expression_compiles_and_takes_one_group(journey: Journey) -> None:
    for step in journey.steps:
        if isinstance(step, Socket):
            re.compile(step.heard or "")
            continue
        re.compile(step.says or "")
        for take in step.takes:
            if take.where in {"html", "url"}:
                assert re.compile(take.pattern).groups == 1, take.name
    for expression in journey.classes:
        re.compile(expression)


@every_journey
def test_a_visit_begins_with_a_request_that_nobody_thinks_about(journey: Journey) -> None:
    first = journey.steps[0]
    assert isinstance(first, Ask)
    assert first.think_seconds == 0


@every_journey
def test_steps_are_called_differently(journey: Journey) -> None:
    names = [step.name for step in journey.steps]
    assert len(names) == len(set(names))


@every_journey
def test_an_answer_with_a_wrong_body_is_found_out_except_of_files(journey: Journey) -> None:
    silent = [ask.name for ask in asks(journey) if ask.says is None and not ask.takes]
    assert all(name.startswith(("picture", "PDF")) for name in silent), silent


@every_journey
def test_what_changes_the_server_says_what_it_leaves(journey: Journey) -> None:
    assert journey.does.endswith(".")
    assert journey.leaves is None or not journey.leaves.endswith(".")


@every_journey
def test_it_is_of_a_series_that_the_catalog_knows(journey: Journey) -> None:
    assert journey.first_series in SERIES


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("GET /", "shop-visitor"),
        ("GET /shop", "shop-visitor"),
        ("GET /shop/office-lamp-17", "shop-visitor"),
        ("POST /shop/cart/add", "shop-visitor"),
        ("POST /website_sale/get_combination_info", "shop-visitor"),
        ("GET /web/login", "back-office"),
        ("GET /odoo/contacts/7", "back-office"),
        ("POST /web/action/load", "back-office"),
        ("POST /web/dataset/call_kw/res.partner/web_read#res.partner.web_read", "back-office"),
        ("POST /web/dataset/call_button/sale.order/action_confirm#sale.order.action_confirm",
         "back-office"),
        ("GET /report/html/sale.report_saleorder/7", "report"),
        ("GET /report/pdf/sale.report_saleorder/7", "report-pdf"),
        ("POST /report/download", "report-pdf"),
        ("POST /jsonrpc#res.partner.search_read", "api-jsonrpc"),
        ("POST /xmlrpc/2/object#res.partner.write", "api-jsonrpc"),
        ("POST /json/2/res.partner/search_read", "api-json2"),
        ("GET /web/assets/8bda511/web.assets_web.min.js", None),
        ("GET /web/image/product.product/13/image_128", None),
    ],
)  # fmt: skip
def test_a_request_class_belongs_to_one_journey_at_most(path: str, owner: str | None) -> None:
    owners = [
        journey.name
        for journey in JOURNEYS.values()
        if any(re.search(expression, class_of(path)) for expression in journey.classes)
    ]
    assert owners == ([] if owner is None else [owner]), class_of(path)


def tile(page: str, kind: str | None) -> str:
    """A product in the grid of a shop, as Odoo 19 writes it; kind None has no button."""
    button = f'<input name="product_type" type="hidden" value="{kind}"/><button></button>'
    return (
        '<form role="article" class="oe_product_cart h-100"><div class="oe_product_image">'
        f'<a href="{page}" class="oe_product_image_link position-relative" title="It"></a></div>'
        f"<div>{button if kind else ''}</div></form>"
    )


@pytest.mark.parametrize(
    ("tiles", "found"),
    [
        ([("/shop/lamp-1", "consu"), ("/shop/sold-2", None)], ["/shop/lamp-1"]),
        ([("/shop/sold-2", None), ("/shop/care-3", "service")], ["/shop/care-3"]),
        ([("/shop/set-4", "combo"), ("/fr_BE/shop/lamp-1", "consu")], ["/fr_BE/shop/lamp-1"]),
        ([("/shop/set-4", "combo"), ("/shop/lamp-1", None)], []),
    ],
    ids=["sold out", "sold out before", "combo", "nothing to buy at once"],
)
def test_a_visitor_chooses_what_can_be_bought(
    tiles: list[tuple[str, str | None]], found: list[str]
) -> None:
    grid = next(ask for ask in asks(JOURNEYS["shop-visitor"]) if ask.name == "shop")
    page = next(take for take in grid.takes if take.name == "product_page")
    assert re.findall(page.pattern, "\n".join(tile(*each) for each in tiles)) == found

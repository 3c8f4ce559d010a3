"""A user of the web client who has a sale order printed."""

from __future__ import annotations

from workeroo.catalog.journeys.calls import call_kw, login
from workeroo.catalog.journeys.product import Ask, Journey, Take

REPORT = "sale.report_saleorder"


def find_order() -> Ask:
    """The orders that a salesperson sees, of which one is printed."""
    return call_kw(
        "orders",
        "sale.order",
        "web_search_read",
        kwargs={
            "specification": {"name": {}, "partner_id": {"fields": {"display_name": {}}}},
            "offset": 0,
            "order": "",
            "limit": 80,
            "context": {"bin_size": True},
            "count_limit": 10_001,
            "domain": [["order_line", "!=", False]],
        },
        takes=(
            Take(
                name="order", where="json", pattern="result.records.*.id", which="any", number=True
            ),
        ),
        think_seconds=5,
    )


JOURNEY = Journey(
    name="report",
    does="Logs in, lists the sale orders and has one shown as the page from which its PDF is made.",
    steps=(
        *login(),
        find_order(),
        Ask(
            name="order as a page",
            path="/report/html/" + REPORT + "/{order}",
            says='class="article',
            think_seconds=5,
        ),
    ),
    needs=("login", "password"),
    modules=("sale",),
    first_series=19,
    classes=("/report/html/",),
    leaves="a session and a noted login for each visit",
)

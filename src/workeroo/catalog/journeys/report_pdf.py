"""A user of the web client who has a sale order printed as PDF, which takes a second worker."""

from __future__ import annotations

from workeroo.catalog.journeys.calls import login
from workeroo.catalog.journeys.product import Ask, Journey
from workeroo.catalog.journeys.report import REPORT, find_order

JOURNEY = Journey(
    name="report-pdf",
    does="Logs in, lists the sale orders and has one made a PDF; wkhtmltopdf asks the same server "
    "for the styles, so that each print keeps two workers busy.",
    steps=(
        *login(),
        find_order(),
        Ask(
            name="PDF of an order",
            path="/report/pdf/" + REPORT + "/{order}",
            says="^%PDF-",
            think_seconds=5,
        ),
    ),
    needs=("login", "password"),
    modules=("sale",),
    programs=("wkhtmltopdf",),
    first_series=19,
    classes=("/report/(pdf/|download$)",),
    leaves="a session and a noted login for each visit",
)

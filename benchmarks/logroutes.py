"""Which requests does a shop's Odoo get, how long do they take, and how do series write them?

Tables only. The classes are written out, not computed: they are what the analysis has to find.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Route(NamedTuple):
    """One kind of request.

    Attributes:
        weight: its share of all requests, against those of the others.
        request: method and path; words in braces stand for what differs from one to the next.
        name: the class that the analysis has to give it.
        median_ms: of the service time, which is log-normal; spread: sigma of its logarithm.
        sql_share: how much of the time is spent in SQL, on average.
        queries: SQL queries, on average.
        answers: which status how often, of a thousand; the rest is 200.
        is_static: a file of a module.
    """

    weight: float
    request: str
    name: str
    median_ms: float
    spread: float
    sql_share: float
    queries: int
    answers: Mapping[int, int] = MappingProxyType({})
    is_static: bool = False


def _page(
    weight: float, request: str, name: str, median_ms: float, queries: int, **answers: int
) -> Route:
    told = {int(status[1:]): share for status, share in answers.items()}
    return Route(weight, request, name, median_ms, 0.7, 0.35, queries, {500: 1, **told})


def _file(weight: float, request: str, name: str) -> Route:
    return Route(weight, request, name, 2, 0.6, 0.0, 0, {304: 380, 404: 4}, is_static=True)


PAGES = [
    _page(180, "GET /shop", "GET /shop", 210, 70),
    _page(120, "GET /shop/{slug}", "GET /shop/*", 160, 55, s404=12, s301=20),
    _page(60, "GET /shop/page/{page}", "GET /shop/page/*", 220, 74),
    _page(50, "GET /shop/category/{slug}", "GET /shop/category/*", 230, 80),
    _page(30, "GET /shop?search={word}&order=name+asc", "GET /shop", 340, 95),
    _page(40, "GET /shop/cart", "GET /shop/cart", 120, 45),
    _page(14, "POST /shop/cart/update", "POST /shop/cart/update", 190, 60, s303=990),
    _page(10, "GET /shop/checkout", "GET /shop/checkout", 180, 66, s303=300),
    _page(6, "GET /shop/payment", "GET /shop/payment", 260, 90, s303=100),
    _page(110, "GET /", "GET /", 45, 24),
    _page(40, "GET /my", "GET /my", 80, 38, s303=150),
    _page(20, "GET /my/orders/{id}?access_token={token}", "GET /my/orders/*", 140, 61, s403=15),
    _page(20, "GET /blog/news-{page}/{slug}", "GET /blog/*", 95, 40, s404=30),
    _page(24, "GET /web/login", "GET /web/login", 38, 21),
    _page(12, "POST /web/login", "POST /web/login", 210, 33, s303=920),
    _page(26, "GET /web", "GET /web", 60, 19, s303=90),
    _page(20, "POST /web/action/load", "POST /web/action/load", 22, 12),
    _page(36, "POST /mail/data", "POST /mail/data", 30, 18),
    _page(22, "POST /mail/thread/data", "POST /mail/thread/data", 34, 21),
    _page(130, "GET /web/image/{id}", "GET /web/image/*", 9, 5, s304=500, s404=8),
    _page(
        12, "GET /web/image/product.template/{id}/image_512/{word}.jpg?unique={hex}",
        "GET /web/image/product.template/*", 12, 6, s304=450,
    ),
    _page(20, "GET /web/content/{id}?download=true", "GET /web/content/*", 25, 9, s404=40),
    _page(
        3, "GET /report/pdf/account.report_invoice/{id}",
        "GET /report/pdf/account.report_invoice/*", 2600, 120,
    ),
    _page(
        2, "GET /report/pdf/stock.report_deliveryslip/{id}",
        "GET /report/pdf/stock.report_deliveryslip/*", 1900, 90,
    ),
    _page(40, "GET /web/health", "GET /web/health", 4, 2),
    _page(30, "GET /robots.txt", "GET /robots.txt", 14, 6),
    _page(25, "GET /wp-login.php", "GET /wp-login.php", 26, 11, s404=999),
    _page(12, "HEAD /", "HEAD /", 40, 22),
]  # fmt: skip

FILES = [
    _file(90, "GET /web/static/img/{word}.svg", "GET /*/static/*"),
    _file(40, "GET /website_sale/static/img/{word}.png", "GET /*/static/*"),
    _file(40, "GET /web/static/lib/{word}/{word}.min.js", "GET /*/static/*"),
    _file(30, "GET /theme_{word}/static/fonts/{word}.woff2", "GET /*/static/*"),
]

MODELS = (
    "res.partner", "sale.order", "sale.order.line", "product.template", "product.product",
    "account.move", "account.move.line", "stock.picking", "stock.move", "stock.quant",
    "purchase.order", "crm.lead", "project.task", "mail.message", "hr.employee", "res.users",
    "mrp.production", "account.payment", "calendar.event", "ir.attachment",
)  # fmt: skip
"""The most used first."""

METHODS = {
    "web_search_read": (45, 14), "web_read": (28, 16), "name_search": (12, 5),
    "web_save": (110, 48), "onchange": (70, 30), "read_group": (60, 9), "search_count": (8, 2),
}  # fmt: skip
"""What a browser calls: median milliseconds and queries."""

RPC_WEIGHT = 45


class Dialect(NamedTuple):
    """How one series writes its lines.

    Attributes:
        version: as the server tells it at its start.
        rpc: the path of a call; `{model}` and `{method}` are filled in.
        rpc_class: the class of such a call.
        times_static: whether files of modules have times.
        request_failed: what the server says in front of a traceback.
        registry: logger of the registry.
        retry: how a serialization failure is told.
        bus: method and path of the requests of the evented process.
        job_starts, job_ends: of a scheduled action, with the logger's message layout.
        tells_seconds: whether the end of a scheduled action tells how long it took.
    """

    version: str
    rpc: str
    rpc_class: str
    times_static: bool
    request_failed: str
    registry: str
    retry: str
    bus: str
    job_starts: str
    job_ends: str
    tells_seconds: bool


_CALL = "POST /web/dataset/call_kw/{model}/{method}"
_ODOO_12 = Dialect(
    version="12.0", rpc=_CALL, rpc_class=_CALL, times_static=False,
    request_failed="Exception during JSON request handling.", registry="odoo.modules.registry",
    retry="SERIALIZATION_FAILURE, retry 1/5 in {wait:.4f} sec...", bus="POST /longpolling/poll",
    job_starts="Starting job `{job}`.", job_ends="", tells_seconds=False,
)  # fmt: skip
_ODOO_13 = _ODOO_12._replace(version="13.0", job_ends="Job `{job}` done.")
_ODOO_16 = _ODOO_13._replace(
    version="16.0", times_static=True, request_failed="Exception during request handling.",
    retry="SERIALIZATION_FAILURE, 4 tries left, try again in {wait:.4f} sec...",
    bus="GET /websocket",
)  # fmt: skip
_ODOO_17 = _ODOO_16._replace(
    version="17.0", bus="GET /websocket?version=17.0-3",
    job_ends="Job done: `{job}` ({seconds:.3f}s).", tells_seconds=True,
)  # fmt: skip
_ODOO_18 = _ODOO_17._replace(
    version="18.0", bus="GET /websocket?version=18.0-7", job_starts="Job '{job}' ({id}) starting",
    job_ends="Job '{job}' ({id}) done in {seconds:.3f}s",
)  # fmt: skip
_ODOO_19 = _ODOO_18._replace(
    version="19.0", bus="GET /websocket?version=19.0-2", rpc=_CALL + "#{model}.{method}",
    rpc_class="POST {model}.{method}", registry="odoo.registry",
    job_ends="Job '{job}' ({id}) fully done (#loop 1; done {id}; remaining 0; "
    "duration {seconds:.2f}s)",
)  # fmt: skip

DIALECTS = {
    12: _ODOO_12,
    13: _ODOO_13,
    14: _ODOO_13._replace(version="14.0"),
    15: _ODOO_13._replace(version="15.0"),
    16: _ODOO_16,
    17: _ODOO_17,
    18: _ODOO_18,
    19: _ODOO_19,
}


def routes_of(dialect: Dialect) -> list[Route]:
    """All kinds of requests that a log of this series has."""
    calls = [
        Route(
            weight=RPC_WEIGHT / (place + 2) / len(METHODS) / 2.6,
            request=dialect.rpc.format(model=model, method=method),
            name=dialect.rpc_class.format(model=model, method=method),
            median_ms=median_ms,
            spread=0.8,
            sql_share=0.4,
            queries=queries,
            answers={500: 1},
        )
        for place, model in enumerate(MODELS)
        for method, (median_ms, queries) in METHODS.items()
    ]
    return [*PAGES, *FILES, *calls]

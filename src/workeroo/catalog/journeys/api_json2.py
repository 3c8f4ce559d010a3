"""A program that speaks JSON-2, the interface of Odoo 19 and later, with an API key."""

from __future__ import annotations

import json
from collections.abc import Mapping

from workeroo.catalog.journeys.product import Ask, Journey, Take

_FIELDS = ["name", "email", "phone", "city", "country_id", "write_date"]

_OTHERS = [["user_ids", "=", False], ["name", "!=", False]]


def _call(method: str, body: Mapping[str, object], *takes: Take, says: str = r"^\[\{") -> Ask:
    return Ask(
        name=method,
        path=f"/json/2/res.partner/{method}",
        method="POST",
        json=json.dumps(body),
        headers={"Authorization": "bearer {api_key}", "X-Odoo-Database": "{database}"},
        says=says,
        takes=takes,
    )


JOURNEY = Journey(
    name="api-json2",
    does="A program with an API key counts and searches contacts, reads one and writes its name as "
    "it was.",
    steps=(
        _call("search_count", {"domain": _OTHERS}, says=r"^\d+$"),
        _call(
            "search_read",
            {"domain": _OTHERS, "fields": _FIELDS, "limit": 80},
            Take(name="contact", where="json", pattern="*.id", which="any", number=True),
        ),
        _call(
            "read",
            {"ids": ["{contact}"], "fields": _FIELDS},
            Take(name="contact_name", where="json", pattern="0.name"),
        ),
        _call("write", {"ids": ["{contact}"], "vals": {"name": "{contact_name}"}}, says="^true$"),
    ),
    needs=("database", "api_key"),
    modules=("rpc",),
    first_series=19,
    classes=(r"/json/(?:2|\*)/",),
    leaves="the contact that was written is as it was, with a new date and author of the last "
    "change",
)

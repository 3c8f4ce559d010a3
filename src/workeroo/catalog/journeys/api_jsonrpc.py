"""A program that speaks JSON-RPC: deprecated since Odoo 19, and what most programs still speak."""

from __future__ import annotations

from workeroo.catalog.journeys.calls import PROGRAMS_CALL, rpc
from workeroo.catalog.journeys.product import Ask, Journey, Take

_MODEL = "res.partner"

_FIELDS = ["name", "email", "phone", "city", "country_id", "write_date"]

_OTHERS = [["user_ids", "=", False], ["name", "!=", False]]


def _execute(
    name: str, method: str, args: list[object], kwargs: dict[str, object], *takes: Take,
    says: str = '"result": ',
) -> Ask:  # fmt: skip
    """A method of a model, by `object.execute_kw`."""
    call = ["{database}", "{uid}", "{password}", _MODEL, method, args, kwargs]
    params = {"service": "object", "method": "execute_kw", "args": call}
    return rpc(name, "/jsonrpc", params, says=says, takes=takes)


JOURNEY = Journey(
    name="api-jsonrpc",
    does="A program logs in by JSON-RPC, searches contacts, reads one and writes its name as it "
    "was.",
    steps=(
        rpc(
            "authenticate",
            "/jsonrpc",
            {
                "service": "common",
                "method": "authenticate",
                "args": ["{database}", "{login}", "{password}", {}],
            },
            says=r'"result": \d+',
            takes=(Take(name="uid", where="json", pattern="result", number=True),),
        ),
        _execute("count", "search_count", [_OTHERS], {}, says=r'"result": \d+'),
        _execute(
            "search and read",
            "search_read",
            [_OTHERS],
            {"fields": _FIELDS, "limit": 80},
            Take(name="contact", where="json", pattern="result.*.id", which="any", number=True),
        ),
        _execute(
            "read",
            "read",
            [["{contact}"]],
            {"fields": _FIELDS},
            Take(name="contact_name", where="json", pattern="result.0.name"),
        ),
        _execute(
            "write",
            "write",
            [["{contact}"], {"name": "{contact_name}"}],
            {},
            says='"result": true',
        ),
    ),
    needs=("database", "login", "password"),
    modules=("rpc",),
    first_series=19,
    classes=(
        "/(?:jsonrpc|xmlrpc)(?:/|$)",
        rf"^POST [a-z_]+(?:\.[a-z_0-9]+)+\.(?:{PROGRAMS_CALL})$",
    ),
    leaves="a noted login for each visit, a warning in the log for each request; the contact "
    "that was written is as it was, with a new date and author of the last change",
)

"""How do Odoo's own scripts in the browser ask the server?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from workeroo.catalog.journeys.product import Ask, Take

PROGRAMS_CALL = "search|search_read|search_count|read|read_group|write|create|unlink|fields_get"
"""Methods of models that programs call; the web client has others for the same."""

LANGUAGE = Take(name="lang", where="html", pattern=r'"lang": "(\w+)"', otherwise="en_US")
"""The language of a page, which its scripts ask for."""


def rpc(
    name: str, path: str, params: Mapping[str, object], *,
    says: str | None = '"result":', takes: tuple[Take, ...] = (), think_seconds: float = 0.0,
) -> Ask:  # fmt: skip
    """A call of a route of type jsonrpc, as `rpc()` in web/core/network/rpc.js makes it."""
    return Ask(
        name=name, path=path, method="POST", says=says, takes=takes, think_seconds=think_seconds,
        json=json.dumps({"id": 1, "jsonrpc": "2.0", "method": "call", "params": params}),
    )  # fmt: skip


def call_kw(
    name: str, model: str, method: str, *,
    args: Sequence[object] = (), kwargs: Mapping[str, object] | None = None,
    says: str | None = '"result":', takes: tuple[Take, ...] = (), think_seconds: float = 0.0,
) -> Ask:  # fmt: skip
    """A call of a method of a model, as the web client's `orm` service makes it."""
    params = {"model": model, "method": method, "args": args, "kwargs": kwargs or {}}
    path = f"/web/dataset/call_kw/{model}/{method}"
    return rpc(name, path, params, says=says, takes=takes, think_seconds=think_seconds)


def translations(name: str, path: str, known: str = "", *takes: Take) -> Ask:
    """The texts of the scripts, of which every page asks whether those it has are fresh."""
    return Ask(
        name=name,
        path=f"{path}?hash={known}&lang={{lang}}",
        says='"hash": ',
        takes=takes,
    )


def login(*, language: bool = False) -> tuple[Ask, Ask]:
    """The form of the login and what it leads to: the page in which the web client begins."""
    return (
        Ask(
            name="login form",
            path="/web/login",
            says='name="password"',
            takes=(Take(name="csrf", where="html", pattern=r'name="csrf_token" value="([^"]+)"'),),
        ),
        Ask(
            name="login",
            path="/web/login",
            method="POST",
            form={
                "csrf_token": "{csrf}",
                "login": "{login}",
                "password": "{password}",
                "type": "password",
                "redirect": "",
            },
            says='class="o_web_client',
            takes=(LANGUAGE,) if language else (),
            think_seconds=5,
        ),
    )

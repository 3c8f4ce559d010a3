"""How do Odoo's own scripts in the browser ask the server?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from workeroo.catalog.journeys.product import Ask, Take


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

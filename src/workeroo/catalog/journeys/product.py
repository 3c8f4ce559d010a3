"""What does a user of Odoo ask of the server, one request after another?

A journey is a table, no code: what is asked, what must come back, what of an answer the next
request needs. `prove/load` walks it; `render` writes it for other load generators.

Besides what was given or taken, {visit} is known: a text that no other visit has.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Method = Literal["GET", "POST"]

Where = Literal["html", "json", "header", "url"]
"""Where a value is found: in the body by an expression, in the body's JSON by a path of keys and
numbers with "*" for each of a list ("result.records.*.id"), in a header by its name, in the address
after redirects by an expression."""

Which = Literal["first", "any"]


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is kept from an answer for later requests, as a browser or its script does.

    Attributes:
        name: later requests write it as {name}.
        where: in which part of the answer.
        pattern: an expression with one group for html and url; a path of keys for json; a name
            for header.
        which: the first value, or any of those found, as the visit's own chance will have it.
        number: whether it is a number, written into JSON without quotes.
        otherwise: the value where none is found, with {names} of what was taken before; None where
            the request has failed then.
    """

    name: str
    where: Where
    pattern: str
    which: Which = "first"
    number: bool = False
    otherwise: str | None = None


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request.

    Attributes:
        name: what people call it: "product page". Times are told by it.
        path: with {names} of what was taken before or given with the journey.
        form: fields, sent as a form; None for none.
        json: a JSON document with {names} in its strings; a string that is only {name} becomes a
            number where the taken value is one. None for none.
        headers: besides a browser's own.
        status: what the answer must have after redirects were followed.
        says: an expression that must be found in the body; None where any body will do. Odoo
            says errors of JSON-RPC with status 200: those count as failed without this.
        takes: what is kept of the answer.
        think_seconds: the mean time until a user asks for this, after the answer before.
    """

    name: str
    path: str
    method: Method = "GET"
    form: dict[str, str] | None = None
    json: str | None = None
    headers: dict[str, str] = {}
    status: int = 200
    says: str | None = None
    takes: tuple[Take, ...] = ()
    think_seconds: float = 0.0


class Socket(msgspec.Struct, frozen=True, kw_only=True):
    """A websocket that stays open for the rest of the journey.

    Attributes:
        name: what people call it.
        path: "/websocket".
        sends: documents that are sent once it is open, with {names}.
        heard: an expression that a message must match before the journey ends; None where an open
            connection is enough. The time is counted from the last request before it.
        think_seconds: as of a request.
    """

    name: str
    path: str
    sends: tuple[str, ...] = ()
    heard: str | None = None
    think_seconds: float = 0.0


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of one kind of user.

    Attributes:
        name: "shop-visitor".
        does: one line for people.
        steps: in order. The first one is asked when the visit arrives.
        needs: names that must be given: "login", "password", "api_key", "database".
        modules: Odoo modules without which it cannot be walked.
        programs: what the server must have besides Odoo: "wkhtmltopdf".
        first_series: the first series of Odoo that has every route and field of it.
        classes: expressions to be found in the request classes of a workload ("GET /shop/*",
            "POST res.partner.web_read"), whose share of the requests is this journey's weight in a
            server's own mix.
        leaves: what it leaves on the server: "a cart and a draft order a visit"; None for nothing.
    """

    name: str
    does: str
    steps: tuple[Ask | Socket, ...]
    needs: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    first_series: int
    classes: tuple[str, ...] = ()
    leaves: str | None = None

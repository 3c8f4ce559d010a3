"""How do {names} in a path, a form or a document become values, quoted as the place needs it?"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import msgspec
from yarl import URL

from workeroo.errors import InputError
from workeroo.prove.load.order import Values

NAMES = re.compile(r"\{([a-z][a-z0-9_]*)\}")

Fill = Callable[[Values], str]


def value_of(name: str, values: Values) -> str | int | float:
    """What stands for {name}."""
    try:
        return values[name]
    except KeyError:
        raise InputError(f"nothing is known as {{{name}}}", cure="give it with the load") from None


def text_with(text: str, quoted: Callable[[str], str] = str) -> str | Fill:
    """A text that is filled with values, or the text itself where there is nothing to fill."""
    if not NAMES.search(text):
        return text
    return lambda values: NAMES.sub(lambda m: quoted(str(value_of(m[1], values))), text)


def address(path: str, base: str) -> URL | Callable[[Values], URL]:
    """An address of this server.

    A name at the beginning holds an address as a page gave it and stays as it is. A later one
    is quoted: in the path all but slashes and what is quoted already, in the query everything.
    """
    leading = NAMES.match(path)
    head, rest = (leading[1], path[leading.end() :]) if leading else (None, path)
    before, mark, query = rest.partition("?")
    filled_path = text_with(before, lambda text: quote(text, safe="/%"))
    filled_query = text_with(mark + query, lambda text: quote(text, safe=""))
    if head is None and isinstance(filled_path, str) and isinstance(filled_query, str):
        return URL(base + path, encoded=True)

    def fill(values: Values) -> URL:
        start = "" if head is None else local(str(value_of(head, values)), base)
        return URL(base + start + filled(filled_path, values) + filled(filled_query, values),
                   encoded=True)  # fmt: skip

    return fill


def filled(text: str | Fill, values: Values) -> str:
    """A text with its values, whether or not it has any."""
    return text if isinstance(text, str) else text(values)


def local(address: str, base: str) -> str:
    """The path and query of an address that a page gave."""
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != urlsplit(base).netloc:
        raise InputError("an address of another server was taken from a page", where=parts.netloc)
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    return f"{path}?{parts.query}" if parts.query else path


def json_body(text: str) -> bytes | Callable[[Values], bytes]:
    """A JSON document as it is sent."""
    document = msgspec.json.decode(text)
    if not any(NAMES.search(string) for string in strings(text)):
        return msgspec.json.encode(document)

    def fill(values: Values) -> bytes:
        return msgspec.json.encode(_walked(document, lambda string: _value(string, values)))

    return fill


def _value(text: str, values: Values) -> object:
    """A string with its names filled; one that is only a name becomes what the value is."""
    whole = NAMES.fullmatch(text)
    if whole:
        return value_of(whole[1], values)
    return NAMES.sub(lambda m: str(value_of(m[1], values)), text)


def _walked(node: object, change: Callable[[str], object]) -> object:
    """A JSON document with each of its strings changed."""
    if isinstance(node, str):
        return change(node)
    if isinstance(node, list):
        return [_walked(item, change) for item in node]
    if isinstance(node, dict):
        return {str(change(key)): _walked(item, change) for key, item in node.items()}
    return node


def strings(document: str | None) -> list[str]:
    """All strings of a JSON document, keys too."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    if document is not None:
        _walked(msgspec.json.decode(document), keep)
    return found

"""Is an answer what the journey expects, and what of it does the next request need?"""

from __future__ import annotations

import html
import zlib
from collections.abc import Iterable, Mapping
from random import Random

import msgspec
from yarl import URL

from workeroo.catalog.journeys.product import Take
from workeroo.prove.load.fill import NAMES, value_of
from workeroo.prove.load.order import Values
from workeroo.prove.load.script import AskLine

LOGIN = "/web/login"
"""Where Odoo sends who has to log in."""

REASON_LENGTH = 100
"""Of an error's own words: enough to know it by, short enough to be counted by."""


class Answer:
    """What came back, after redirects."""

    __slots__ = ("_read", "headers", "raw", "status", "url")

    def __init__(self, url: URL, status: int, headers: Mapping[str, str], raw: bytes) -> None:
        self.url = url
        self.status = status
        self.headers = headers
        self.raw = raw
        self._read: bytes | None = None

    @property
    def body(self) -> bytes:
        """Unpacked, when somebody asks for it."""
        if self._read is None:
            self._read = _unpacked(self.raw, self.headers.get("Content-Encoding", ""))
        return self._read


class _Cause(msgspec.Struct):
    name: str = ""
    message: str = ""


class _Error(msgspec.Struct):
    message: str = ""
    data: _Cause = msgspec.field(default_factory=_Cause)


class _Reply(msgspec.Struct):
    jsonrpc: str | None = None
    error: _Error | None = None


_REPLY = msgspec.json.Decoder(_Reply)


def fault(line: AskLine, asked: URL, answer: Answer) -> str | None:
    """Why the answer counts as failed, as a sentence part; None where it does not."""
    step = line.step
    if answer.status != step.status:
        return f"answered {answer.status}"
    if step.json is not None:
        found = _json_fault(answer)
        if found is not None:
            return found
    elif (
        answer.url is not asked and not (step.says or step.takes) and _sent_to_login(asked, answer)
    ):
        return f"sent to {LOGIN}: who asks must be logged in"
    if line.says is not None and line.says.search(answer.body) is None:
        return "the answer does not say what it must"
    return None


def _sent_to_login(asked: URL, answer: Answer) -> bool:
    return answer.url.path.startswith(LOGIN) and not asked.path.startswith(LOGIN)


def _json_fault(answer: Answer) -> str | None:
    """Odoo says errors of JSON-RPC with status 200; a session that is over gives a page."""
    body = answer.body
    try:
        reply = _REPLY.decode(body)
    except msgspec.ValidationError:
        return None  # JSON, and no reply of JSON-RPC: a list, a number
    except msgspec.DecodeError:
        if b"<html" in body[:1000].lower():
            return "a page where JSON was expected"
        return "no JSON where JSON was expected"
    if reply.jsonrpc is None or reply.error is None:
        return None
    cause = reply.error.data
    words = (cause.message or reply.error.message).partition("\n")[0]
    return f"JSON-RPC error: {': '.join(filter(None, (cause.name, words)))}"[:REASON_LENGTH]


def take(line: AskLine, answer: Answer, values: Values, chance: Random) -> str | None:
    """Keep what later requests need; why something could not be kept, or None."""
    for wanted, pattern in line.takes:
        found: list[str]
        if pattern is not None:
            text = answer.body if wanted.where == "html" else str(answer.url).encode()
            if wanted.which == "first":
                first = pattern.search(text)
                found = [] if first is None else [_html(first[1])]
            else:
                found = [_html(one) for one in pattern.findall(text)]
        elif wanted.where == "header":
            found = [answer.headers[wanted.pattern]] if wanted.pattern in answer.headers else []
        else:
            found = _in_json(answer, wanted)
        if not found and wanted.otherwise is not None:
            found = [NAMES.sub(lambda m: str(value_of(m[1], values)), wanted.otherwise)]
        if not found:
            return f"no {wanted.name} found in the answer"
        chosen = found[0] if wanted.which == "first" else chance.choice(found)
        try:
            values[wanted.name] = _number(chosen) if wanted.number else chosen
        except ValueError:
            return f"{wanted.name} is no number in the answer"
    return None


def _html(found: bytes) -> str:
    return html.unescape(found.decode("utf-8", "replace"))


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _in_json(answer: Answer, wanted: Take) -> list[str]:
    """What lies at a path of keys and numbers; * stands for every item of a list."""
    try:
        nodes: list[object] = [msgspec.json.decode(answer.body)]
    except msgspec.DecodeError:
        return []
    for key in wanted.pattern.split("."):
        nodes = [below for node in nodes for below in _below(node, key)]
    return [str(node) for node in nodes if isinstance(node, str | int | float)]


def _below(node: object, key: str) -> Iterable[object]:
    if isinstance(node, dict) and key in node:
        return [node[key]]
    if isinstance(node, list):
        if key == "*":
            return node
        if key.isdecimal() and int(key) < len(node):
            return [node[int(key)]]
    return []


def _unpacked(raw: bytes, encoding: str) -> bytes:
    """A browser asks for gzip; what cannot be unpacked stays as it came."""
    if not raw or encoding not in {"gzip", "deflate"}:
        return raw
    try:
        return zlib.decompress(raw, zlib.MAX_WBITS | 32 if encoding == "gzip" else zlib.MAX_WBITS)
    except zlib.error:
        return raw

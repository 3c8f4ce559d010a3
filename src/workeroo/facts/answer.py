"""What does the start of an HTTP answer say: which status, who speaks, which sentence?"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Literal

import msgspec

Speaker = Literal["nginx", "odoo", "unknown"]
"""Whose words the answer is. nginx passes Odoo's answers on: its Server header proves nothing."""

_KEPT = frozenset(
    {"server", "location", "upgrade", "connection", "content-type", "sec-websocket-accept",
     "retry-after", "via"}
)  # fmt: skip
"""Headers that help to find the hop; none of them holds a secret (cookies do)."""

LONGEST_SENTENCE = 200
"""Characters of a body that are told: an error page says it in its first line."""

_STATUS_LINE = re.compile(rb"HTTP/(\d\.\d) (\d{3})(?: ([^\r\n]*))?\r?\n")
_NGINX_PAGE = re.compile(r"<hr><center>nginx\b")
_WERKZEUG_PAGE = re.compile(r"<!doctype html>\s*<html lang=en>\s*<title>\d{3} ", re.IGNORECASE)
_ODOO_PAGE = re.compile(r'content="Odoo"|odoo\.__session_info__|data-oe-|"session_id"|/web/assets/')
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style|head|title)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<[^>]*>")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\U0010ffff]")

FIRST_ERROR = 400
"""From this status on an answer is an error. Source: RFC 9110, section 15."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The start of an HTTP answer.

    Attributes:
        status: 101, 200, 502 ...
        reason: the words behind the status.
        version: "1.0" or "1.1".
        headers: those of use here, names in lower case; a location without its query.
        speaker: whose words they are.
        said: one sentence of the body where it is an error, else the page's title or nothing.
        odoo_version: "19.0", where Odoo was asked for it and says it.
    """

    status: int
    reason: str = ""
    version: str = "1.1"
    headers: dict[str, str] = {}
    speaker: Speaker = "unknown"
    said: str = ""
    odoo_version: str = ""

    @property
    def sentence(self) -> str:
        """'502 Bad Gateway, by nginx', without a full stop."""
        reason = f" {self.reason}" if self.reason else ""
        by = "" if self.speaker == "unknown" else f", by {self.speaker.replace('odoo', 'Odoo')}"
        said = f': "{self.said}"' if self.said else ""
        return f"{self.status}{reason}{by}{said}"


def is_whole_head(raw: bytes) -> bool:
    """Whether the head of an answer is complete."""
    return b"\r\n\r\n" in raw or b"\n\n" in raw


def is_whole(raw: bytes) -> bool:
    """Whether an answer that tells its length has come in full."""
    head, body = _parted(raw)
    length = dict(_headers(head)).get("content-length", "")
    return length.isdecimal() and len(length) < len(str(2**63)) and len(body) >= int(length)


def parse_answer(raw: bytes) -> Answer | None:
    """An answer from its first bytes; None where that is not HTTP."""
    line = _STATUS_LINE.match(raw)
    if line is None:
        return None
    head, body = _parted(raw)
    headers = list(_headers(head))
    status = int(line[2])
    text = body.decode("utf-8", "replace")
    return Answer(
        status=status,
        reason=_phrase(status, (line[3] or b"").decode("latin-1")),
        version=line[1].decode(),
        headers={name: _harmless(name, value) for name, value in headers if name in _KEPT},
        speaker=_speaker(headers, text),
        said=_said(text, status=status),
        odoo_version=_odoo_version(text),
    )


def _parted(raw: bytes) -> tuple[bytes, bytes]:
    """Head and body, however the lines end."""
    end = re.search(rb"\r?\n\r?\n", raw)
    return (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")


def _headers(head: bytes) -> Iterable[tuple[str, str]]:
    for line in head.decode("latin-1").split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _harmless(name: str, value: str) -> str:
    """A header's value without what may be secret."""
    told = re.split(r"[?#]", value)[0] if name == "location" else value
    if name == "location":
        told = re.sub(r"^([a-z]+:)?//[^/@]*@", r"\1//", told)
    return _plain(told)


def _speaker(headers: list[tuple[str, str]], text: str) -> Speaker:
    """Whose words an answer is."""
    if _NGINX_PAGE.search(text):
        return "nginx"
    odoos = any(
        (name == "server" and "werkzeug" in value.lower())
        or (name == "set-cookie" and value.startswith("session_id="))
        for name, value in headers
    )
    if odoos or _WERKZEUG_PAGE.match(text) or _ODOO_PAGE.search(text) or _rpc_error(text):
        return "odoo"
    return "unknown"


def _said(text: str, *, status: int) -> str:
    """One sentence of a body."""
    if error := _rpc_error(text):
        return _short(error)
    title = _TITLE.search(text)
    if "<" not in text:
        return _short(text) if status >= FIRST_ERROR else ""
    if status < FIRST_ERROR:
        return _short(title[1]) if title else ""
    seen = _plain(html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text))))
    return _short(_without_status(seen or (title[1] if title else ""), status))


def _without_status(text: str, status: int) -> str:
    """An error page's text without the status that the answer has anyway, and nginx's name."""
    named = re.sub(r" ?\bnginx(?:/[\d.]+)?(?: \(\w+\))?$", "", _plain(html.unescape(text)))
    said = named.removeprefix(f"{status}").lstrip().removeprefix(_phrase(status, "")).lstrip()
    return re.split(r"(?<=\.) ", said)[0]


def _phrase(status: int, given: str) -> str:
    """The words behind a status: the usual ones, whatever the case in which a server writes it."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _short(given)


def _rpc_error(text: str) -> str:
    """The message of an error that Odoo wraps into JSON with the status 200; empty without one."""
    error = _inside(_json(text), "error") if '"error"' in text else None
    message = _inside(_inside(error, "data"), "message") or _inside(error, "message")
    return message if isinstance(message, str) else ""


def _odoo_version(text: str) -> str:
    """What Odoo answers who asks for its version; empty in any other answer."""
    result = _inside(_json(text), "result") if '"server_serie"' in text else None
    version = _inside(result, "server_serie")
    return _short(version) if isinstance(version, str) else ""


def _json(text: str) -> Any:  # noqa: ANN401 - as _inside
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _inside(value: Any, key: str) -> Any:  # noqa: ANN401 - JSON of a server can be anything
    return value.get(key) if isinstance(value, dict) else None


def _short(text: str) -> str:
    plain = _plain(html.unescape(text))
    return plain if len(plain) <= LONGEST_SENTENCE else plain[: LONGEST_SENTENCE - 1] + "…"


def _plain(text: str) -> str:
    """Printable text on one line: an answer must not move a terminal's cursor."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())

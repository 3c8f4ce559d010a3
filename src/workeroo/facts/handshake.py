"""What did each hop say when a server was asked as a browser would ask it?

The products here; `probe/handshake.py` does the asking. Cookies, tokens and the query of an
address never enter: an answer keeps a few headers and one sentence of its body.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Literal

import msgspec

from workeroo.evidence import Maybe, Unknown, is_known
from workeroo.facts.answer import Answer

Step = Literal["dns", "tcp", "tls", "http"]
"""In the order in which they are taken."""

Kind = Literal[
    "no such name",
    "refused",
    "timeout",
    "unreachable",
    "certificate",
    "not tls",
    "closed",
    "not http",
    "error",
]

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""Joined to the key by who accepts a websocket. Source: RFC 6455, section 1.3."""

SWITCHING_PROTOCOLS = 101
"""The status of an open websocket. Source: RFC 6455, section 4.2.2."""


class Failure(msgspec.Struct, frozen=True):
    """Where the way ended, and how.

    Attributes:
        step: the step that did not succeed.
        kind: what happened, for deciding.
        text: what the system said of it, for people.
    """

    step: Step
    kind: Kind
    text: str


class Exchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request, and what each hop on the way said.

    Attributes:
        url: what was asked, without user, password, query and fragment.
        method: "GET" or "POST".
        addresses: what the name stands for, in the order of the resolver; empty where it failed.
        peer: "address:port" that took the connection.
        certificate: until when the certificate is valid, as the server tells it; None without
            TLS and where it was not verified.
        failure: where the way ended before an answer came.
        answer: what came back.
        seconds: from the first step to the answer or the failure.
    """

    url: str
    method: str = "GET"
    addresses: list[str] = []
    peer: str | None = None
    certificate: str | None = None
    failure: Failure | None = None
    answer: Answer | None = None
    seconds: float = 0.0

    @property
    def heard(self) -> Maybe[Answer]:
        """The answer, or why there is none."""
        if self.answer is not None:
            return self.answer
        return Unknown(self.failure.text if self.failure else "nothing was said")

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence without a full stop."""
        heard = self.heard
        if is_known(heard):
            return f"{self.url} answers {heard.sentence}"
        return f"{self.url} does not answer: {heard.reason}"


class Handshake(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request for a websocket.

    Attributes:
        route: the path that was asked: "/websocket".
        origin: the page that a browser would name as asking.
        exchange: the request, hop by hop.
        accepted: whether the answer took up the key of the request, as only a websocket does.
    """

    route: str
    origin: str
    exchange: Exchange
    accepted: bool = False

    @property
    def opened(self) -> bool:
        """Whether a websocket is open."""
        answer = self.exchange.answer
        return self.accepted and answer is not None and answer.status == SWITCHING_PROTOCOLS

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence without a full stop."""
        return self.exchange.sentence


def accept_of(key: str) -> str:
    """What a server says that accepts a websocket with this key."""
    # RFC 6455 wants SHA-1 here; nothing is kept secret by it.
    digest = hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()

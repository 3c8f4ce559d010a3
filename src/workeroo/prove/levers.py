"""How are the levers of the lab's module pulled, and what did the server answer?

One connection for each request, as Odoo's HTTP workers have it.
"""

from __future__ import annotations

import http.client
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

LAB = "/workeroo_lab"

ANSWER_SECONDS = 60.0
"""A lever answers within milliseconds; a worker that must be forked first within seconds."""

OK = 200


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one request.

    Attributes:
        path: what was asked for.
        status: of the answer; None where there was none.
        failed: why there was none, as a sentence part.
        seconds: from the first byte sent to the last one received.
        pid: of the process that answered, where it says so.
        values: what else a lever says.
    """

    path: str
    seconds: float
    status: int | None = None
    failed: str | None = None
    pid: int | None = None
    values: dict[str, Any] = {}

    @property
    def is_ok(self) -> bool:
        """Whether it was answered as it should be."""
        return self.status == OK

    @property
    def text(self) -> str:
        """What came, as a sentence part."""
        return self.failed or f"status {self.status}"


class Levers(msgspec.Struct, frozen=True):
    """The levers of one server.

    Attributes:
        url: Odoo's HTTP port: "http://127.0.0.1:8069".
    """

    url: str

    def pull(
        self, lever: str = "", timeout_seconds: float = ANSWER_SECONDS, **values: float
    ) -> Answer:
        """Pull one; the empty name only asks who answers."""
        path = f"{LAB}/{lever}" if lever else LAB
        query = urlencode(values)
        return self.get(f"{path}?{query}" if query else path, timeout_seconds)

    def get(self, path: str, timeout_seconds: float = ANSWER_SECONDS) -> Answer:
        """Any page of the server."""
        parts = urlsplit(self.url)
        began = time.monotonic()
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=timeout_seconds
        )
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            response = connection.getresponse()
            body = response.read()
        except TimeoutError:
            failed = f"no answer within {timeout_seconds:g} s"
            return Answer(path=path, seconds=time.monotonic() - began, failed=failed)
        except (OSError, http.client.HTTPException) as error:
            failed = f"the connection ended without an answer ({type(error).__name__})"
            return Answer(path=path, seconds=time.monotonic() - began, failed=failed)
        finally:
            connection.close()
        return _answer(path, time.monotonic() - began, response.status, body)

    def missing(self) -> str | None:
        """Why there are no levers, or None where there are."""
        answer = self.pull()
        if answer.is_ok and answer.pid is not None:
            return None
        if answer.is_ok or answer.status is not None:
            return f"{self.url} has no levers ({LAB}: {answer.text}): it is no server of the lab"
        return f"{self.url}{LAB}: {answer.failed}"


def _answer(path: str, seconds: float, status: int, body: bytes) -> Answer:
    values: dict[str, Any] = {}
    if path.startswith(LAB) and status == OK:
        try:
            values = msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError):
            values = {}
    pid = values.get("pid")
    return Answer(
        path=path,
        seconds=seconds,
        status=status,
        pid=pid if isinstance(pid, int) else None,
        values=values,
    )

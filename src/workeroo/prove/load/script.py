"""What exactly is sent for each step of a journey, once its {names} have values?

All that can be known before the load begins is worked out here, once, so that a request costs the
generator as little as it may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from yarl import URL

from workeroo.catalog.journeys.product import Ask, Journey, Socket, Take
from workeroo.errors import InputError
from workeroo.prove.load.fill import (
    NAMES,
    Fill,
    address,
    filled,
    json_body,
    strings,
    text_with,
    value_of,
)  # fmt: skip
from workeroo.prove.load.order import Target, Values

VISIT = "visit"
"""Every visit knows its own number as {visit}: for addresses and texts that nobody else has."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Line:
    """One step, ready to be sent.

    Attributes:
        label: its name.
        base: the server, "http://127.0.0.1:8069".
        origin: what a browser names as the asking page.
        server_name: whose certificate it must be, where that is not the host of `base`.
        think_seconds: the mean time to think before it.
    """

    __slots__ = (
        "_headers", "_url", "base", "label", "origin", "server_name", "think_seconds",
    )  # fmt: skip

    def __init__(self, step: Ask | Socket, target: Target, headers: Mapping[str, str]) -> None:
        self.label = step.name
        self.think_seconds = step.think_seconds
        self.base = target.url.rstrip("/")
        scheme, _, host = self.base.partition("://")
        self.origin = f"{scheme}://{target.host or host}"
        tls = target.host is not None and scheme == "https"
        self.server_name = (target.host or "").partition(":")[0] if tls else None
        self._url = address(step.path, self.base)
        own = {} if target.host is None else {"Host": target.host}
        self._headers = {name: text_with(value) for name, value in (own | dict(headers)).items()}

    def url(self, values: Values) -> URL:
        """The whole address."""
        return self._url if isinstance(self._url, URL) else self._url(values)

    def headers(self, values: Values) -> dict[str, str]:
        """Besides those of every request; a new dictionary, for cookies are put into it."""
        return {name: filled(value, values) for name, value in self._headers.items()}


class AskLine(Line):
    """A request.

    Attributes:
        step: as the journey has it.
        says: what must be found in the body.
        takes: what is kept, with its expression where it has one.
    """

    __slots__ = ("_body", "says", "step", "takes")

    def __init__(self, step: Ask, target: Target) -> None:
        kind: dict[str, str] = {}
        if step.form is not None:
            kind = {"Content-Type": FORM}
        if step.json is not None:
            kind = {"Content-Type": JSON, "Accept": f"{JSON}, */*"}
        super().__init__(step, target, kind | step.headers)
        self.step = step
        self._body = _body(step)
        self.says = None if step.says is None else re.compile(step.says.encode())
        self.takes = tuple((take, _pattern(take)) for take in step.takes)

    def body(self, values: Values) -> bytes | None:
        """What is posted."""
        body = self._body
        return body if body is None or isinstance(body, bytes) else body(values)


class SocketLine(Line):
    """A websocket.

    Attributes:
        step: as the journey has it.
    """

    __slots__ = ("_sends", "step")

    def __init__(self, step: Socket, target: Target) -> None:
        super().__init__(step, target, {})
        self.step = step
        self._sends = [json_body(text) for text in step.sends]

    def documents(self, values: Values) -> list[str]:
        """What is sent once it is open."""
        made = (one if isinstance(one, bytes) else one(values) for one in self._sends)
        return [document.decode() for document in made]

    def heard(self, values: Values) -> re.Pattern[str] | None:
        """What a message must match; values stand for themselves in it."""
        if self.step.heard is None:
            return None
        text = NAMES.sub(lambda m: re.escape(str(value_of(m[1], values))), self.step.heard)
        return re.compile(text)


class Script:
    """A journey, ready to be walked."""

    __slots__ = ("lines", "name")

    def __init__(self, journey: Journey, target: Target) -> None:
        self.name = journey.name
        self.lines: tuple[AskLine | SocketLine, ...] = tuple(
            AskLine(step, target) if isinstance(step, Ask) else SocketLine(step, target)
            for step in journey.steps
        )


def checked(journey: Journey, given: Values) -> None:
    """Refuse a journey for which something that it needs was not given."""
    missing = [name for name in journey.needs if name not in given]
    if missing:
        raise InputError(
            f"the journey needs {', '.join(missing)}",
            where=journey.name,
            cure="give it, or leave the journey out",
        )
    known = {VISIT, *given}
    for step in journey.steps:
        for name in _names(step):
            if name not in known:
                raise InputError(
                    f"{step.name!r} writes {{{name}}}, which nothing before it takes",
                    where=journey.name,
                    cure="take it from an earlier answer, or give it with the load",
                )
        if isinstance(step, Ask):
            known |= {take.name for take in step.takes}


def _names(step: Ask | Socket) -> list[str]:
    texts = [step.path]
    if isinstance(step, Ask):
        texts += [*(step.form or {}).values(), *step.headers.values(), *strings(step.json)]
    else:
        for document in step.sends:
            texts += strings(document)
    return [name for text in texts for name in NAMES.findall(text)]


def _body(step: Ask) -> bytes | Callable[[Values], bytes] | None:
    if step.json is not None:
        return json_body(step.json)
    if step.form is None:
        return None
    fields: dict[str, str | Fill] = {name: text_with(v) for name, v in step.form.items()}
    if all(isinstance(value, str) for value in fields.values()):
        return urlencode(step.form).encode()
    return lambda values: urlencode({k: filled(v, values) for k, v in fields.items()}).encode()


def _pattern(take: Take) -> re.Pattern[bytes] | None:
    return re.compile(take.pattern.encode()) if take.where in {"html", "url"} else None

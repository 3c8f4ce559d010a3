"""How many visits of a journey does a workload tell of?

A journey's own requests are those that belong to one of its classes. A user who prints logs in
first, and the login belongs to another journey; so visits are counted by own requests alone.
"""

from __future__ import annotations

import json
import re

from workeroo.catalog.journeys.product import Ask, Journey
from workeroo.workload.naming import class_of
from workeroo.workload.profile import Profile

_NAME = re.compile(r"\{\w+\}")
_CALL = re.compile(r"/web/dataset/call_kw/(.+)/(\w+)")
_MODEL, _METHOD = 3, 4
"""Where `execute_kw` has them among its arguments."""


def requests_of(journey: Journey, profile: Profile) -> int:
    """The requests of a workload that belong to a journey."""
    return sum(one.count for one in profile.classes if _belongs(one.name, journey))


def visits_of(journey: Journey, profile: Profile) -> float:
    """As many visits as make these requests."""
    return requests_of(journey, profile) / max(1, len(own_requests(journey)))


def own_requests(journey: Journey) -> list[Ask]:
    """The requests of one visit that belong to the journey.

    An address that a page gave leads on within the journey, wherever that is.
    """
    asks = [step for step in journey.steps if isinstance(step, Ask)]
    return [ask for ask in asks if ask.path.startswith("{") or _belongs(_class(ask), journey)]


def _belongs(name: str, journey: Journey) -> bool:
    return any(re.search(expression, name) for expression in journey.classes)


def _class(ask: Ask) -> str:
    """The class under which Odoo 19's log will have a request."""
    path = _NAME.sub("1", ask.path.partition("?")[0])
    call = _CALL.fullmatch(path)
    if call:
        return class_of(f"{ask.method} {path}#{call[1]}.{call[2]}")
    if path == "/jsonrpc" and ask.json is not None:
        arguments = json.loads(ask.json)["params"]["args"]
        if len(arguments) > _METHOD:
            return class_of(f"{ask.method} {path}#{arguments[_MODEL]}.{arguments[_METHOD]}")
    return class_of(f"{ask.method} {path}")

"""What does a locustfile of some journeys look like?

It needs nothing but Locust, so that it runs where Workeroo is not. A table of journeys becomes
code here because that is what users of Locust read and change.
"""

from __future__ import annotations

import json
import pprint
from collections.abc import Iterator
from textwrap import indent, wrap

from workeroo.catalog.journeys.product import Ask, Journey, Socket, Take
from workeroo.render.product import RenderedFile
from workeroo.render.scripts.locust_visitor import IMPORTS, VISITOR
from workeroo.render.scripts.product import SECRETS, Scenario, variable, words

_WIDTH = 88
_INDENT = " " * 8
_PERCENT = 100


def locustfile(scenario: Scenario) -> RenderedFile:
    """The locustfile that sends a scenario."""
    parts = [_opening(scenario), IMPORTS, "\n".join(_settings(scenario)), VISITOR]
    parts += [_visitor(scenario, *each) for each in scenario.named()]
    text = "\n\n\n".join(part.strip() for part in parts) + "\n"
    return RenderedFile(path=scenario.path, text=text, said=_left_out(scenario))


def _left_out(scenario: Scenario) -> list[str]:
    return [
        f"{journey.name}: the websocket {step.name!r} is left out, Locust has none of its own"
        for journey, _ in scenario.mix
        for step in journey.steps
        if isinstance(step, Socket)
    ]


def _opening(scenario: Scenario) -> str:
    exports = [f"    export {variable(name)}=..." for name in scenario.needs() if name in SECRETS]
    lines = [
        '"""Visits of an Odoo for Locust, written by Workeroo.',
        "",
        *exports,
        "    locust -f THIS_FILE --headless",
        "",
        "Distributed: the same with --master --expect-workers 2, and on each machine that sends",
        "",
        *exports,
        "    locust -f THIS_FILE --worker --master-host MASTER",
        "",
        "Load only servers that are yours.",
        '"""',
    ]
    return "\n".join(lines)


def _settings(scenario: Scenario) -> Iterator[str]:
    yield f'HOST = os.environ.get("WORKEROO_URL", {_quoted(scenario.base_url)})'
    yield f'SECONDS = float(os.environ.get("WORKEROO_SECONDS", "{scenario.seconds:g}"))'
    yield f'USERS = int(os.environ.get("WORKEROO_USERS", "{scenario.users_needed()}"))'
    if scenario.visits_per_second is None:
        yield "# A user's mean time between two visits."
        yield f"EVERY_SECONDS = {scenario.think_seconds:g}"
    else:
        yield f"VISITS_PER_SECOND = {scenario.visits_per_second:g}"
        yield "# Each user begins a visit so often. Visits that take longer lower the rate."
        yield "EVERY_SECONDS = USERS / VISITS_PER_SECOND"
    yield "# How long a visit may go on after the end."
    yield f"LAST_VISIT_SECONDS = {scenario.longest_seconds():.0f}"
    yield "GIVEN = {"
    for name in scenario.needs():
        value = None if name in SECRETS else scenario.given.get(name)
        default = "" if value is None else f", {_quoted(value)}"
        get = "os.environ.get" if default else "given"
        yield f'    "{name}": {get}("{variable(name)}"{default}),'
    yield "}"


def _visitor(scenario: Scenario, name: str, journey: Journey, weight: float) -> str:
    does = "\n".join(wrap(f'"""{journey.does}"""', _WIDTH, subsequent_indent="    "))
    lines = [
        f"class {''.join(words(name))}(Visitor):",
        f"    {does}",
        "",
        f"    weight = {max(1, round(_PERCENT * scenario.share(weight)))}",
        f'    journey = "{journey.name}"',
        f"    wait_time = {_waiting(scenario)}",
        "",
        "    def walk(self):",
    ]
    for step in journey.steps:
        lines += _ask(step) if isinstance(step, Ask) else _no_socket(step)
    return "\n".join(lines)


def _waiting(scenario: Scenario) -> str:
    if scenario.visits_per_second is None:
        return "thinking"
    return "constant_pacing(EVERY_SECONDS)"


def _no_socket(socket: Socket) -> list[str]:
    return [
        f"{_INDENT}# Left out: the websocket {socket.path} ({socket.name}). Locust measures HTTP;",
        f"{_INDENT}# what the bus holds open is missing in this load.",
    ]


def _ask(ask: Ask) -> list[str]:
    """A call of `Visitor.ask`, one line for each argument that is not the default."""
    arguments = [f"{_quoted(ask.name)}, {_quoted(ask.method)}, {_quoted(ask.path)}"]
    if ask.think_seconds:
        arguments.append(f"think={ask.think_seconds:g}")
    if ask.form is not None:
        arguments.append(f"form={_literal(ask.form)}")
    if ask.json is not None:
        arguments.append(f"document={_literal(json.loads(ask.json))}")
    if ask.headers:
        arguments.append(f"headers={_literal(ask.headers)}")
    if ask.status != Ask(name="", path="").status:
        arguments.append(f"status={ask.status}")
    if ask.says is not None:
        arguments.append(f"says={_raw(ask.says)}")
    if ask.takes:
        takes = "".join(f"\n    {_take(take)}," for take in ask.takes)
        arguments.append(f"takes=[{takes}\n]")
    inside = indent(",\n".join(arguments), _INDENT + "    ")
    return [f"{_INDENT}self.ask(", f"{inside},", f"{_INDENT})"]


def _take(take: Take) -> str:
    arguments = [f"{_quoted(take.name)}, {_quoted(take.where)}, {_raw(take.pattern)}"]
    if take.which == "any":
        arguments.append("any_of=True")
    if take.number:
        arguments.append("number=True")
    if take.otherwise is not None:
        arguments.append(f"otherwise={_quoted(take.otherwise)}")
    return f"Take({', '.join(arguments)})"


def _literal(value: object) -> str:
    return pprint.pformat(value, width=_WIDTH - len(_INDENT) - 12, sort_dicts=False)


def _quoted(text: str) -> str:
    """A string in double quotes; JSON's escapes are Python's too."""
    return json.dumps(text)


def _raw(pattern: str) -> str:
    """An expression as people write it, where its own quotes and its end allow it."""
    for quote in ('"', "'"):
        if quote not in pattern and "\n" not in pattern and not pattern.endswith("\\"):
            return f"r{quote}{pattern}{quote}"
    return repr(pattern)

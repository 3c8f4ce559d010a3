"""What does a k6 script of some journeys look like?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import indent

from workeroo.catalog.journeys.product import Ask, Journey, Socket, Take
from workeroo.render.product import RenderedFile
from workeroo.render.scripts.k6_visitor import IMPORTS, VISITOR
from workeroo.render.scripts.product import SECRETS, Scenario, variable, words

_RATE_UNIT_SECONDS = 1000
"""k6 takes whole numbers for rates: over so many seconds, three digits of a rate are kept."""


def k6_script(scenario: Scenario) -> RenderedFile:
    """The script that sends a scenario, with a scenario of k6 for each journey."""
    parts = [_opening(scenario), IMPORTS, "\n".join(_settings(scenario)), VISITOR]
    parts += [_visit(name, journey) for name, journey, _ in scenario.named()]
    text = "\n\n".join(part.strip() for part in parts) + "\n"
    return RenderedFile(path=scenario.path, text=text, said=_left_out(scenario))


def _left_out(scenario: Scenario) -> list[str]:
    return [
        f"{journey.name}: the websocket {step.name!r} is left out"
        for journey, _ in scenario.mix
        for step in journey.steps
        if isinstance(step, Socket)
    ]


def _opening(scenario: Scenario) -> str:
    secrets = [f" -e {variable(name)}=..." for name in scenario.needs() if name in SECRETS]
    return (
        "// Visits of an Odoo for k6, written by Workeroo.\n"
        "//\n"
        f"//     k6 run{''.join(secrets)} THIS_FILE\n"
        "//\n"
        "// Load only servers that are yours.\n"
    )


def _settings(scenario: Scenario) -> Iterator[str]:
    yield f"const HOST = __ENV.WORKEROO_URL || {json.dumps(scenario.base_url)};"
    yield "const GIVEN = {"
    for name in scenario.needs():
        value = None if name in SECRETS else scenario.given.get(name)
        default = f"given({json.dumps(variable(name))}" + (
            ")" if value is None else f", {json.dumps(value)})"
        )
        yield f"  {name}: {default},"
    yield "};"
    options = {"scenarios": dict(_scenarios(scenario)), "thresholds": {"checks": ["rate>0.99"]}}
    yield f"export const options = {json.dumps(options, indent=2)};"


def _scenarios(scenario: Scenario) -> Iterator[tuple[str, dict[str, object]]]:
    """A scenario of k6 for each journey: visits at a constant rate, or users who think."""
    for name, _, weight in scenario.named():
        share = scenario.share(weight)
        users = max(1, round(scenario.users_needed() * share))
        ends: dict[str, object] = {
            "duration": f"{scenario.seconds:g}s",
            "gracefulStop": f"{scenario.longest_seconds():.0f}s",
        }
        if scenario.visits_per_second is None:
            shape: dict[str, object] = {"executor": "constant-vus", "vus": users}
            ends["env"] = {"EVERY_SECONDS": f"{scenario.think_seconds:g}"}
        else:
            rate = scenario.visits_per_second * share * _RATE_UNIT_SECONDS
            shape = {
                "executor": "constant-arrival-rate",
                "rate": max(1, round(rate)),
                "timeUnit": f"{_RATE_UNIT_SECONDS}s",
                "preAllocatedVUs": users,
                "maxVUs": 4 * users,
            }
        yield name, {**shape, **ends, "exec": _function(name)}


def _function(name: str) -> str:
    first, *more = words(name)
    return first.lower() + "".join(more)


def _visit(name: str, journey: Journey) -> str:
    lines = [
        f"// {journey.does}",
        f"export function {_function(name)}() {{",
        f"  const visit = begin({json.dumps(journey.name)});",
    ]
    for step in journey.steps:
        if isinstance(step, Ask):
            lines.append(indent(_ask(step), "  "))
        else:
            lines.append(f"  // Left out: the websocket {step.path} ({step.name}).")
    return "\n".join([*lines, "  end();", "}"])


def _ask(ask: Ask) -> str:
    arguments = []
    if ask.think_seconds:
        arguments.append(f"think: {ask.think_seconds:g}")
    if ask.form is not None:
        arguments.append(f"form: {json.dumps(ask.form, indent=2)}")
    if ask.json is not None:
        arguments.append(f"document: {json.dumps(json.loads(ask.json))}")
    if ask.headers:
        arguments.append(f"headers: {json.dumps(ask.headers)}")
    if ask.status != Ask(name="", path="").status:
        arguments.append(f"status: {ask.status}")
    if ask.says is not None:
        arguments.append(f"says: {_expression(ask.says)}")
    if ask.takes:
        takes = "".join(f"\n  {_take(take)}," for take in ask.takes)
        arguments.append(f"takes: [{takes}\n]")
    start = f"visit.ask({json.dumps(ask.name)}, {json.dumps(ask.method)}, {json.dumps(ask.path)}"
    if not arguments:
        return start + ");"
    return start + ", {\n" + indent(",\n".join(arguments), "  ") + ",\n});"


def _take(take: Take) -> str:
    is_expression = take.where in {"html", "url"}
    pattern = _expression(take.pattern) if is_expression else json.dumps(take.pattern)
    parts = [
        f"name: {json.dumps(take.name)}",
        f"where: {json.dumps(take.where)}",
        f"pattern: {pattern}",
    ]
    if take.which == "any":
        parts.append("any: true")
    if take.number:
        parts.append("number: true")
    if take.otherwise is not None:
        parts.append(f"otherwise: {json.dumps(take.otherwise)}")
    return "{ " + ", ".join(parts) + " }"


def _expression(pattern: str) -> str:
    """An expression as JavaScript writes it; those of the catalog mean the same in both."""
    return "/" + pattern.replace("/", r"\/") + "/g"

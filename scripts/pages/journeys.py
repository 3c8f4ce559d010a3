"""The reference of the journeys, made from the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.catalog.journeys import JOURNEYS
from workeroo.catalog.journeys.product import Ask, Journey, Socket

OPENING = """# The journeys

Made from `src/workeroo/catalog/journeys/` by `make docs`; change it there. A journey is one visit
of one kind of user; [how they are walked](../journeys.md). Every route, field and answer was read
in Odoo's own code and is walked on a real Odoo 19 by the tests.
"""


def pages() -> dict[str, str]:
    """The page with its text."""
    return {"docs/reference/journeys.md": "\n".join([OPENING, *_table(), *_sections()])}


def _table() -> Iterator[str]:
    yield "| journey | requests | needs | the server has | leaves |"
    yield "|---|---|---|---|---|"
    for journey in JOURNEYS.values():
        asks = sum(isinstance(step, Ask) for step in journey.steps)
        cells = [
            f"[`{journey.name}`](#{journey.name})",
            str(asks) + (" and a websocket" if asks < len(journey.steps) else ""),
            _words(journey.needs) or "nothing",
            _has(journey),
            journey.leaves or "nothing",
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _has(journey: Journey) -> str:
    series = f"Odoo {journey.first_series} or later"
    modules = f"the modules {_words(journey.modules)}" if len(journey.modules) > 1 else ""
    if len(journey.modules) == 1:
        modules = f"the module {_words(journey.modules)}"
    return ", ".join(part for part in (series, modules, _words(journey.programs)) if part)


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sections() -> Iterator[str]:
    for journey in JOURNEYS.values():
        yield f"## {journey.name}\n\n{journey.does}\n"
        yield "| step | asks | thinks before it |"
        yield "|---|---|---|"
        for step in journey.steps:
            think = f"{step.think_seconds:g} s" if step.think_seconds else "no"
            yield f"| {step.name} | {_asked(step)} | {think} |"
        yield ""


def _asked(step: Ask | Socket) -> str:
    if isinstance(step, Ask):
        return f"`{step.method} {step.path}`"
    return f"websocket `{step.path}`, open to the end" + (
        "; waits for a message" if step.heard else ""
    )

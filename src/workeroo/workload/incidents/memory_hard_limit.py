"""Did requests fail because their process had no address space left?"""

from __future__ import annotations

from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Event, Story
from workeroo.workload.telling import tell, tell_sighting, times

CRASHES = ("-6", "-11")
"""How wkhtmltopdf ends where it gets no memory: SIGABRT, SIGSEGV. It inherits the limit."""


def judge(story: Story, profile: Profile) -> Incident | None:
    """By Python's MemoryError; a crashed wkhtmltopdf alone is only a sign of it."""
    del profile
    told = story.of("memory-error")
    if told is not None:
        return tell_sighting(
            RULE,
            told,
            title=f"no memory was left for a request (MemoryError), {times(told.count)}",
            needle="MemoryError",
        )
    crashed = _crashes(story)
    if not crashed:
        return None
    return tell(
        RULE,
        crashed,
        title=f"wkhtmltopdf crashed {times(len(crashed))}, as it does without memory",
        confidence="medium",
        severity="warning",
        cause="wkhtmltopdf inherits limit_memory_hard from the worker that starts it, and crashes "
        "where it gets no memory.",
    )


def _crashes(story: Story) -> list[Event]:
    """Crashed wkhtmltopdfs, each once: some series log it where it happens and for the user too."""
    found = [event for event in story.events("pdf-failed") if event.values.get("code") in CRASHES]
    return list({(event.pid, int(event.at)): event for event in found}.values())


RULE = IncidentRule(
    id="memory-hard-limit",
    title="A process reached limit_memory_hard",
    severity="error",
    cause="A request wanted more address space than limit_memory_hard leaves: it failed with "
    "MemoryError, its worker lived on.",
    cure="Find what the request loads at once (an export, an import, a report); if it needs it, "
    "raise limit_memory_hard, as long as the host has that memory (`workeroo plan`, "
    "`workeroo audit --explain hard-limits-beyond-memory`).",
    judge=judge,
)

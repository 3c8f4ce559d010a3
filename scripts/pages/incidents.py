"""The reference of the incidents that a log can tell of, made from their rules."""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.workload.diagnose import SEVERITIES
from workeroo.workload.incidents import INCIDENT_RULES

OPENING = f"""# The incidents of a log

Made from `src/workeroo/workload/incidents/` by `make docs`; change it there. There are
{len(INCIDENT_RULES)} of them, and their ids are part of the JSON of `workeroo diagnose`.

The severity is that of most incidents of the kind; where it depends on how often something
happened, a log can make it better or worse. Confidence is high where the server's own line says it,
and lower where it is put together from several.
"""


def pages() -> dict[str, str]:
    """The page with its text."""
    return {"docs/reference/incidents.md": "\n".join([OPENING, *_table(), *_sections()])}


def _table() -> Iterator[str]:
    yield "| id | severity | tells |"
    yield "|---|---|---|"
    for severity in SEVERITIES:
        for rule in INCIDENT_RULES.values():
            if rule.severity == severity:
                yield f"| [`{rule.id}`](#{rule.id}) | {severity} | {rule.title} |"
    yield ""


def _sections() -> Iterator[str]:
    for rule in INCIDENT_RULES.values():
        yield f"## {rule.id}\n\n{rule.title}.\n\nCause: {rule.cause}\n\nCure: {rule.cure}\n"

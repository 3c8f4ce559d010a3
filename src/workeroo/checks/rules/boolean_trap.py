"""Does a switch say no and mean yes?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.catalog.options import OPTIONS, canonical
from workeroo.checks.asking import conf_of, odoo, series
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence
from workeroo.facts.conf import Entry
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "boolean-trap"

NO = ("0", "no", "off", "false", "n", "none", "disabled", "disable")
"""Words, in lower case, by which a person means no."""

READ_AS_NO = ("False", "false")
"""The only spellings that the lenient parser takes for no: odoo/tools/config.py of 12 to 18."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per switch whose text is not empty and hence true."""
    del facts
    conf, known = conf_of(deployment), series(deployment)
    if conf is None or known is None or known.parser == "strict":
        return
    for entry in conf.options():
        option = OPTIONS.get(canonical(entry.name, known.number) or "")
        if option is not None and option.kind == "bool" and _traps(entry):
            yield _finding(deployment, entry, f"{conf.path}:{entry.line}")


def _traps(entry: Entry) -> bool:
    return entry.value.lower() in NO and entry.value not in READ_AS_NO


def _finding(deployment: Deployment, entry: Entry, place: str) -> Finding:
    written = f"{entry.name} = {entry.value}"
    return Finding(
        rule=ID,
        severity="warning",
        confidence="high",
        title=f"'{written}' turns {entry.name} on in {odoo(deployment)}",
        evidence=[
            Evidence("read", written, place),
            Evidence("default", "any text but True and False is kept as text, hence true"),
        ],
        cure=f"write '{entry.name} = False'",
        deployment=deployment.name,
        where=place,
    )


RULE = Rule(id=ID, title="A switch that says no and means yes", severity="warning", check=check)

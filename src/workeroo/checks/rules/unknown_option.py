"""Is there an option that nobody reads?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from workeroo.catalog.options import OPTIONS, options_of
from workeroo.checks.asking import conf_of, odoo
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence, is_known
from workeroo.facts.conf import Entry
from workeroo.facts.deployment import Deployment
from workeroo.facts.effective import unknown_entries
from workeroo.facts.snapshot import Facts

ID = "unknown-option"

LOOKS_ALIKE = 0.85
"""Likeness, by difflib, from which a name is taken for a slip of the keyboard: "limit_time_rael"
has 0.93 to limit_time_real, "worker" 0.92 to workers, and "work_dir" 0.67 to that."""


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """One finding per unknown name; a slip of the keyboard weighs more than a foreign name."""
    del facts
    conf = conf_of(deployment)
    if conf is None or not is_known(deployment.series):
        return
    names = [option.name for option in options_of(deployment.series)]
    for entry in unknown_entries(conf, deployment.series):
        meant = difflib.get_close_matches(entry.name, names, n=1, cutoff=LOOKS_ALIKE)
        yield _finding(deployment, entry, f"{conf.path}:{entry.line}", meant)


def _finding(deployment: Deployment, entry: Entry, place: str, meant: list[str]) -> Finding:
    known = OPTIONS.get(entry.name)
    if known is not None:
        elsewhere = ", ".join(_span(d.first, d.last) for d in known.defaults)
        title = f"{odoo(deployment)} has no option {entry.name}: it exists in {elsewhere}"
        cure = f"delete the line: {entry.name} has no effect in this series"
    elif meant:
        title = f"{odoo(deployment)} has no option {entry.name}; {meant[0]} looks like it"
        cure = f"write {meant[0]} if that was meant, else delete the line"
    else:
        title = f"{odoo(deployment)} has no option {entry.name}"
        cure = "delete the line, unless a module of yours reads it"
    return Finding(
        rule=ID,
        severity="note" if known is None and not meant else "warning",
        confidence="high" if known or meant else "low",
        title=title,
        evidence=[Evidence("read", f"{entry.name} = {entry.value}", place)],
        cure=cure,
        deployment=deployment.name,
        where=place,
    )


def _span(first: int, last: int | None) -> str:
    return f"{first} and later" if last is None else f"{first} to {last}"


RULE = Rule(id=ID, title="An option that nobody reads", severity="warning", check=check)

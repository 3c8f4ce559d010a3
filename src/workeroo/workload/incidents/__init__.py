"""Which incidents are there? One file per incident, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.workload.rule import IncidentRule


def _found() -> dict[str, IncidentRule]:
    """Every rule that has a file here, by id."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    rules: list[IncidentRule] = [
        importlib.import_module(f"{__name__}.{name}").RULE for name in names
    ]
    return {rule.id: rule for rule in rules}


INCIDENT_RULES: dict[str, IncidentRule] = _found()

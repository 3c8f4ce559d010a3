"""Which rules can choose settings? One file per rule, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.plan.rule import Rule


def _found() -> dict[str, Rule]:
    """Every rule that has a file here, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Rule] = [importlib.import_module(f"{__name__}.{name}").RULE for name in names]
    return {rule.name: rule for rule in found}


RULES: dict[str, Rule] = _found()

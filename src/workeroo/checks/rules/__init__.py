"""Which rules are there? One file per rule with its page beside it, found by looking here."""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.checks.product import Rule


def _found() -> dict[str, Rule]:
    """Every rule that has a file here, by id."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Rule] = [importlib.import_module(f"{__name__}.{name}").RULE for name in names]
    return {rule.id: rule for rule in found}


RULES: dict[str, Rule] = _found()


def page(rule: str) -> str:
    """The page of a rule, in Markdown."""
    data = pkgutil.get_data(__name__, f"{rule.replace('-', '_')}.md")
    return (data or b"").decode()

"""Which options of odoo.conf concern Workeroo? One file per option, found by its name."""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.catalog.product import Option


def _found() -> dict[str, Option]:
    """Every option that has a file here, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Option] = [importlib.import_module(f"{__name__}.{n}").OPTION for n in names]
    return {option.name: option for option in found}


OPTIONS: dict[str, Option] = _found()

ALIASES: dict[str, str] = {
    alias.name: option.name for option in OPTIONS.values() for alias in option.aliases
}
"""Every other name that some series honours, and the option behind it."""


def options_of(series: int) -> list[Option]:
    """The options that a series knows, by name."""
    return [option for option in OPTIONS.values() if option.exists(series)]


def canonical(name: str, series: int) -> str | None:
    """The option that a name in odoo.conf sets in a series; None where it sets none of ours."""
    option = OPTIONS.get(name)
    if option is not None and option.exists(series):
        return name
    other = OPTIONS.get(ALIASES.get(name, ""))
    if other is None or not other.exists(series):
        return None
    return other.name if any(a.name == name and a.holds(series) for a in other.aliases) else None

"""Which visits do users of Odoo make? One file per journey, found by its name."""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.catalog.journeys.product import Journey

NO_JOURNEY = {"product", "calls"}
"""Modules here that hold none."""


def _found() -> dict[str, Journey]:
    """Every journey that has a file here, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{n}") for n in names if n not in NO_JOURNEY]
    found: list[Journey] = [module.JOURNEY for module in modules]
    return {journey.name: journey for journey in found}


JOURNEYS: dict[str, Journey] = _found()

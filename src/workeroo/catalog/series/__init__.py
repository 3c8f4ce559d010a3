"""Which Odoo series are known, and what sets each apart? One file per series."""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.catalog.product import Series


def _found() -> dict[int, Series]:
    """Every series that has a file here, oldest first."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found: list[Series] = [importlib.import_module(f"{__name__}.{n}").SERIES for n in names]
    return {series.number: series for series in sorted(found, key=lambda series: series.number)}


SERIES: dict[int, Series] = _found()

OLDEST: int = min(SERIES)
NEWEST: int = max(SERIES)

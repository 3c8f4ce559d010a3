"""Which lines of a log are known? One file per subject, found by looking into this folder.

Each module has `LINES`, a list of `LogLine`.
"""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.catalog.logline import LogLine


def _found() -> list[LogLine]:
    """Every known line; a more special one stands before a more general one of its module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [line for name in names for line in importlib.import_module(f"{__name__}.{name}").LINES]


LOG_LINES: list[LogLine] = _found()
